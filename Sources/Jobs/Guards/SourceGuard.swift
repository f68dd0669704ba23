internal import Configuration
internal import Engine
internal import Glibc
internal import Support

/// What is expected of the sources that can be looked at before anything is read: mount points, and paths that must
/// be there.
struct SourceGuard {
    private let job: JobSpecification

    init(_ job: JobSpecification) { self.job = job }

    /// Looks at the sources.
    /// - Returns: what is not as expected.
    /// - Throws: `Failure` when the system does not tell what is mounted.
    func run() throws(Failure) -> [Violation] {
        var violations: [Violation] = []
        let mounted = job.sources.filter { $0.requiresMountPoint }
        if !mounted.isEmpty {
            let points: MountPoints
            do throws(SystemError) {
                points = try MountPoints()
            } catch {
                throw Failure(error)
            }
            for source in mounted where !points.contains(source.path) {
                violations.append(
                    Violation(
                        source: source.path, message: "is no mount point, and something must be mounted there",
                        consequence: .fail))
            }
        }
        for expectation in job.expectations {
            for path in expectation.mustExist where !exists("\(expectation.source)/\(path)") {
                violations.append(
                    Violation(
                        source: expectation.source, message: "has no \(path), which must exist",
                        consequence: expectation.violation))
            }
        }
        return violations
    }

    private func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }
}

extension JobSpecification {
    /// What the engine is to look at when all is read; in the order of ``expectations``, so that findings can be told.
    var sourceExpectations: [SourceExpectation] {
        expectations.map { expectation in
            var wanted = SourceExpectation(path: expectation.source, isFatal: expectation.violation == .fail)
            wanted.minFiles = expectation.minFiles.map { Int64($0) }
            wanted.minBytes = expectation.minSize?.bytes
            wanted.maxRemoved = expectation.maxRemoved.map { $0.value / 100 }
            wanted.maxChanged = expectation.maxChanged.map { $0.value / 100 }
            return wanted
        }
    }

    /// A finding of the engine, with what follows.
    func violation(_ finding: ExpectationFinding) -> Violation {
        Violation(
            source: finding.path, message: "has \(finding.message)",
            consequence: expectations.indices.contains(finding.index) ? expectations[finding.index].violation : .fail)
    }
}
