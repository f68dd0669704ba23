public import Engine
public import JSON
internal import Support

extension RestoreSummary {
    /// The summary for machines.
    public func json(target: String?) -> [JSONValue.Member] {
        [
            .init("version", .string(version.iso8601)), .init("target", target.map { .string($0) } ?? .null),
            .init("restored_files", .integer(Int64(restoredFiles))),
            .init("unchanged_files", .integer(Int64(unchangedFiles))),
            .init("patched_files", .integer(Int64(patchedFiles))),
            .init("renamed_files", .integer(Int64(renamedFiles))), .init("left_alone", .integer(Int64(leftAlone))),
            .init("failed", .integer(Int64(failed))), .init("folders", .integer(Int64(folders))),
            .init("symlinks", .integer(Int64(symlinks))), .init("bytes", .integer(bytes)),
        ]
    }
}

extension ProblemDigest {
    /// The problems for machines.
    public var json: JSONValue {
        .array(
            groups.map { group in
                .object([
                    .init("code", .string(group.code.rawValue)),
                    .init("severity", .string(group.isError ? "error" : "warning")),
                    .init("message", .string(group.message)), .init("count", .integer(Int64(group.count))),
                    .init("sample", .array(group.subjects.map { .string($0) })),
                ])
            })
    }
}

extension RestorePreview {
    /// The sums for machines.
    public func json(target: String?) -> [JSONValue.Member] {
        Action.allCases.map { .init("files_to_\($0.rawValue)", .integer(Int64(files[$0] ?? 0))) } + [
            .init("version", .string(version.iso8601)), .init("target", target.map { .string($0) } ?? .null),
            .init("renamed_files", .integer(Int64(renamedFiles))), .init("new_folders", .integer(Int64(newFolders))),
            .init("symlinks", .integer(Int64(symlinks))), .init("failed", .integer(Int64(failed))),
            .init("bytes", .integer(bytes)), .init("volumes", .integer(Int64(volumes))),
            .init("bytes_to_fetch", .integer(bytesToFetch)), .init("lost_blocks", .integer(Int64(lostBlocks))),
        ]
    }
}
