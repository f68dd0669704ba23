internal import Catalog
internal import Support

/// Compares what a run has found with what is expected, when all is read and before there is a version of it.
struct ExpectationCheck {
    private let expectations: [SourceExpectation]

    init(_ expectations: [SourceExpectation]) { self.expectations = expectations }

    /// - Returns: what is not as expected in a version that may be made all the same.
    /// - Throws: `EngineError.unexpected` when it may not; the catalog has forgotten it then.
    func run(_ unfinished: UnfinishedRun, _ catalog: Catalog) throws -> [ExpectationFinding] {
        guard !expectations.isEmpty else { return [] }
        let findings = try catalog.read { reader in
            var findings: [ExpectationFinding] = []
            for (index, expectation) in expectations.enumerated() {
                let tally = try reader.tally(of: Array(expectation.path.utf8), unfinished: unfinished.version)
                findings += expectation.complaints(about: tally).map {
                    ExpectationFinding(path: expectation.path, index: index, message: $0)
                }
            }
            return findings
        }
        let fatal = findings.filter { expectations[$0.index].isFatal }
        guard fatal.isEmpty else {
            // The next run would make a partial version of what an unfinished run has left.
            try catalog.write { writer in
                try writer.revertStates(of: unfinished.version, first: unfinished.first)
                try UnfinishedRun.forget(writer)
            }
            throw EngineError.unexpected(fatal.map { "\($0)" })
        }
        return findings
    }
}

extension SourceExpectation {
    /// What is not as expected, a phrase each.
    fileprivate func complaints(about tally: CatalogTally) -> [String] {
        var complaints: [String] = []
        if let minFiles, tally.files < minFiles {
            complaints.append("\(Count(tally.files, "file")), and at least \(minFiles) are expected")
        }
        if let minBytes, tally.bytes < minBytes {
            complaints.append("\(ByteCount(tally.bytes)), and at least \(ByteCount(minBytes)) are expected")
        }
        // There is no share of nothing.
        guard tally.filesBefore > 0 else { return complaints }
        let before = Double(tally.filesBefore)
        if let maxRemoved, Double(tally.removed) > maxRemoved * before {
            complaints.append(
                "lost \(tally.removed) of \(Count(tally.filesBefore, "file")) since the last version, and at most "
                    + "\(Self.percent(maxRemoved)) may go")
        }
        if let maxChanged, Double(tally.changed) > maxChanged * before {
            complaints.append(
                "other content in \(tally.changed) of \(Count(tally.filesBefore, "file")) since the last version, and at "
                    + "most \(Self.percent(maxChanged)) may change")
        }
        return complaints
    }

    private static func percent(_ share: Double) -> String {
        let tenths = (share * 1000).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths))%" : "\(tenths)%"
    }
}
