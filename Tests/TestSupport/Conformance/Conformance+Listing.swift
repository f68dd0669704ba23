internal import Destinations
internal import Support
internal import Synchronization

extension Conformance {
    static let listing = [
        ConformanceCheck(20, "what a killed put left behind is invisible and in nobody's way") { subject, sandbox in
            guard let leave = subject.leaveLeftovers else { return .skipped("\(subject.name) leaves nothing behind") }
            let destination = try subject.make()
            try leave(destination)
            try expect(try destination.list().isEmpty, "leftovers are listed")
            try destination.put("object", from: try sandbox.file("x"))
            let listed = try destination.list()
            try expect(listed.map(\.name) == ["object"], "the listing has \(listed.map(\.name))")
            return .kept
        },
        ConformanceCheck(29, "an empty container has an empty listing") { subject, _ in
            try expect(try subject.make().list().isEmpty, "it is not empty")
            return .kept
        },
        ConformanceCheck(30, "many objects are listed, none lost and none doubled") { subject, sandbox in
            let destination = try subject.make()
            let file = try sandbox.file("")
            let names = (0..<Environment.listingCount).map { "object-\($0)" }
            for name in names { try destination.put(name, from: file) }
            let listed = try destination.list().map(\.name)
            try expect(listed.count == names.count, "\(listed.count) of \(names.count) are listed")
            try expect(Set(listed) == Set(names), "other names are listed")
            for name in names { try destination.delete(name) }
            try expect(try destination.list().isEmpty, "some are left")
            return .kept
        },
        ConformanceCheck(32, "other containers and their objects are not seen") { subject, sandbox in
            let one = try subject.make()
            let other = try subject.make()
            try one.put("one", from: try sandbox.file("1"))
            try other.put("other", from: try sandbox.file("2"))
            try expect(try one.list().map(\.name) == ["one"], "the first container has other objects")
            try expect(try other.list().map(\.name) == ["other"], "the second container has other objects")
            try ConformanceSandbox.expectError(.missingObject) { _ = try one.get("other", to: sandbox.freshPath()) }
            return .kept
        },
        ConformanceCheck(33, "objects may come and go during a listing") { subject, sandbox in
            let destination = try subject.make()
            let file = try sandbox.file("x")
            for index in 0..<50 { try destination.put("stays-\(index)", from: file) }
            let isDone = Atomic<Bool>(false)
            let churn = try WorkerThread("churn") {
                for index in 0..<100 {
                    try? destination.put("goes-\(index)", from: file)
                    try? destination.delete("goes-\(index)")
                }
                isDone.store(true, ordering: .releasing)
            }
            defer { churn.join() }
            repeat {
                let stable = try destination.list().count { $0.name.hasPrefix("stays-") }
                try expect(stable == 50, "only \(stable) of 50 objects were listed")
            } while !isDone.load(ordering: .acquiring)
            return .kept
        },
        ConformanceCheck(34, "deleting is repeatable, and a batch reports exactly what failed") { subject, sandbox in
            let destination = try subject.make()
            let file = try sandbox.file("x")
            try destination.put("x", from: file)
            for _ in 1...3 { try destination.delete("x") }
            try destination.put("x", from: file)
            try expect(try destination.list().map(\.name) == ["x"], "the name cannot be used again")
            try destination.put("y", from: file)
            try expect(try destination.delete(["x", "y", "never-there"]).isEmpty, "a batch of deletions failed")
            try expect(try destination.list().isEmpty, "something is left")
            if let wire = subject.wire { return try batch(wire, sandbox) }
            return .kept
        },
        ConformanceCheck(35, "unfinished objects are swept when they are old, and only then") { subject, _ in
            guard let leave = subject.leaveLeftovers, let count = subject.countLeftovers else {
                return .skipped("\(subject.name) leaves nothing behind")
            }
            let destination = try subject.make()
            try leave(destination)
            try expect(try count(destination) == 2, "the leftovers were not made")
            try destination.prepare(create: false)
            let left = try count(destination)
            try expect(left == 1, "\(left) leftovers remain, not only the new one")
            return .kept
        },
        ConformanceCheck(44, "a full disk is a quota error, deleting works, and puts work afterwards") {
            subject, sandbox in
            guard let makeSmall = subject.makeSmall else { return .skipped("no small place can be made here") }
            let place = try makeSmall()
            defer { place.end() }
            let part = try sandbox.file(ConformanceSandbox.noise(600_000))
            try place.destination.put("fits", from: part)
            let large = try sandbox.file(ConformanceSandbox.noise(4 << 20))
            try ConformanceSandbox.expectError(.quota, of: "large") { try place.destination.put("large", from: large) }
            try expect(try place.destination.list().map(\.name) == ["fits"], "something of it is visible")
            try expect(
                try sandbox.content("fits", of: place.destination).count == 600_000, "the first object is damaged")
            try place.destination.delete("fits")
            try place.destination.put("again", from: part)
            try expect(try place.destination.list().map(\.name) == ["again"], "the space was not given back")
            return .kept
        },
        ConformanceCheck(55, "the free space is plausible") { subject, _ in
            let destination = try subject.make()
            guard let free = try destination.freeSpace() else { return .skipped("\(subject.name) does not say") }
            try expect(free > 0, "\(free) bytes are free")
            try ConformanceSandbox.expectError(.missingContainer) { _ = try subject.makeMissing().freeSpace() }
            return .kept
        },
    ]
}
