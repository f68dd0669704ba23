import Catalog
import Cryptography
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Plans of blocks")
struct BlockPlanTests {
    /// A tree of files with these contents.
    private func tree(_ contents: [ContentReference]) -> RestoreTree {
        var tree = RestoreTree(base: Array("/nonexistent/".utf8))
        for (index, data) in contents.enumerated() {
            let (start, count) = tree.store(Array("\(index)".utf8))
            tree.files.append(
                RestoreTree.File(
                    folder: 0, nameCount: count, nameStart: start, size: 1, modified: 0, data: data, metadata: .nothing)
            )
        }
        return tree
    }

    @Test("a block that the catalog does not have is an error, not a file less", arguments: [0, 3])
    func missingBlock(missing: Int) throws {
        let sample = try SampleStore()
        let session = try sample.builder.session()
        try session.catalog.read { reader in
            var ids: [Int64] = []
            try reader.forEachBlock { id, _, _, _ in ids.append(id) }
            var contents = ids.map { ContentReference.block($0) }
            #expect(try BlockPlan(reader, tree: tree(contents)) { _ in false }.uses.count == ids.count)
            contents.insert(.block((ids.max() ?? 0) + 1), at: missing)
            #expect {
                try BlockPlan(reader, tree: tree(contents)) { _ in false }
            } throws: { error in
                if case CatalogError.inconsistent = error { true } else { false }
            }
        }
    }

    @Test("files that were neither restored nor reported are noticed")
    func forgotten() throws {
        let sample = try SampleStore()
        let session = try sample.builder.session()
        var tree = tree([.nothing, .nothing, .nothing, .nothing])
        tree.files[3].action = .keep
        let plan = try session.catalog.read { try BlockPlan($0, tree: tree) { _ in false } }
        let settings = StoreSettings(blockSize: 10_240)
        let state = RestoreState(
            request: RestoreRequest(target: "/nonexistent"), settings: settings, tree: tree, plan: plan,
            metadata: MetadataTable(plan: plan, settings: settings), applier: nil,
            problems: ProblemLog(), progress: RunProgress())
        state.finish(0, isDescribed: true, in: -1)
        state.fail(1, "some reason", .damaged)
        #expect(state.forgotten == 1)
        state.finish(2, isDescribed: true, in: -1)
        #expect(state.forgotten == 0)
    }
}
