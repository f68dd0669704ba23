internal import Support
internal import XML

extension S3Destination {
    /// What these keys, or whoever has them, could do to what is stored.
    ///
    /// Only what the bucket says of itself is used: what keys may do, S3 does not tell.
    public func historyRisks() throws(DestinationError) -> [HistoryRisk] {
        try caller.run(.probe) { _ throws(DestinationError) in
            let versioning = try versioning()
            let locks = try lockConfiguration()
            return [
                deletion(versioning, locks), versions(versioning, locks), suspension(versioning, locks), bypass(locks),
                try lifecycle(locks), try publicity(),
            ]
        }
    }

    /// Whether what is stored from now on is locked, and how firmly.
    private func lockInUse(_ locks: LockState) -> LockMode? {
        guard case .on(let configuration) = locks else { return nil }
        if settings.lockPeriod != nil { return settings.lockMode }
        return configuration.defaultLock.flatMap { LockMode(rawValue: $0.mode.lowercased()) }
    }

    private func deletion(_ versioning: VersioningState, _ locks: LockState) -> HistoryRisk {
        if lockInUse(locks) != nil {
            return HistoryRisk("delete", isOpen: false, "what is deleted is only hidden, and its versions are locked")
        }
        switch versioning {
        case .enabled:
            return HistoryRisk("delete", isOpen: false, "what is deleted is only hidden: the bucket keeps its versions")
        case .suspended, .off:
            return HistoryRisk(
                "delete", isOpen: true, "nothing keeps what is deleted: there are neither versions nor locks",
                advice: "Turn versions on, or use a bucket with Object Lock and `remote-file-lock-duration`.")
        case .unknown(let why): return HistoryRisk("delete", isOpen: nil, why)
        }
    }

    private func versions(_ versioning: VersioningState, _ locks: LockState) -> HistoryRisk {
        let advice = "Do not give these keys s3:DeleteObjectVersion, or use a bucket with Object Lock."
        switch (lockInUse(locks), versioning) {
        case (.some, _):
            return HistoryRisk("delete_versions", isOpen: false, "versions that are locked cannot be deleted")
        case (nil, .enabled), (nil, .suspended):
            return HistoryRisk(
                "delete_versions", isOpen: nil,
                "the server does not tell whether these keys may delete old versions", advice: advice)
        case (nil, .off):
            return HistoryRisk("delete_versions", isOpen: nil, "there are no old versions to delete")
        case (nil, .unknown(let why)):
            return HistoryRisk("delete_versions", isOpen: nil, why, advice: advice)
        }
    }

    private func suspension(_ versioning: VersioningState, _ locks: LockState) -> HistoryRisk {
        if case .on = locks {
            return HistoryRisk(
                "change_versioning", isOpen: false, "versions cannot be suspended in a bucket with Object Lock")
        }
        guard versioning == .enabled else {
            return HistoryRisk("change_versioning", isOpen: nil, "there are no versions that could be suspended")
        }
        return HistoryRisk(
            "change_versioning", isOpen: nil, "the server does not tell whether these keys may suspend versions",
            advice: "Do not give these keys s3:PutBucketVersioning.")
    }

    private func bypass(_ locks: LockState) -> HistoryRisk {
        switch lockInUse(locks) {
        case .compliance:
            return HistoryRisk("lift_locks", isOpen: false, "nobody can lift locks of the mode compliance")
        case .governance:
            return HistoryRisk(
                "lift_locks", isOpen: nil,
                "the server does not tell whether these keys may lift locks of the mode governance",
                advice: "Do not give these keys s3:BypassGovernanceRetention, or use `s3-lock-mode=compliance`.")
        case nil: return HistoryRisk("lift_locks", isOpen: nil, "nothing is locked")
        }
    }

    private func lifecycle(_ locks: LockState) throws(DestinationError) -> HistoryRisk {
        let advice = "Do not give these keys s3:PutLifecycleConfiguration."
        switch try ask("lifecycle") {
        case .refused(let refusal):
            if refusal.code == "NoSuchLifecycleConfiguration" || refusal.status == 404 {
                return HistoryRisk(
                    "change_lifecycle", isOpen: nil,
                    "no rule deletes objects; the server does not tell whether these keys may make one", advice: advice)
            }
            return HistoryRisk("change_lifecycle", isOpen: nil, refusal.error.detail, advice: advice)
        case .document(let root):
            let rules = root.all("Rule").filter { rule in
                rule.text("Status") == "Enabled" && rule.first("Expiration")?.text("Days") != nil
                    && settings.prefix.hasPrefix(rule.text("Prefix") ?? rule.text("Filter", "Prefix") ?? "")
            }
            guard !rules.isEmpty else {
                return HistoryRisk(
                    "change_lifecycle", isOpen: nil,
                    "no rule deletes what is stored here; the server does not tell "
                        + "whether these keys may make one", advice: advice)
            }
            return HistoryRisk(
                "change_lifecycle", isOpen: true, "a lifecycle rule of the bucket deletes objects that are old",
                advice: "Remove the rule's expiration: old objects of a backup are needed by new versions.")
        }
    }

    private func publicity() throws(DestinationError) -> HistoryRisk {
        guard case .document(let root) = try ask("policyStatus"), let answer = root.anywhere("IsPublic")?.text else {
            return HistoryRisk("public_access", isOpen: nil, "the server does not tell whether the bucket is public")
        }
        let isPublic = answer.lowercased() == "true"
        return HistoryRisk(
            "public_access", isOpen: isPublic,
            isPublic
                ? "the bucket's policy lets everybody in" : "the bucket's policy lets nobody in but those it names",
            advice: isPublic ? "Block public access to the bucket." : "")
    }
}
