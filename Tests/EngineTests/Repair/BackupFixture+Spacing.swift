import Foundation
import StoreFormat
import Support

@testable import Engine

extension BackupFixture {
    /// Makes the versions an hour apart, so that each can be written again a second later, and the catalog know them so.
    func spaceVersions() throws {
        let lists = try filelists()
        let now = Timestamp.now().seconds
        for (age, list) in lists.enumerated() {
            let name = ObjectName.dlist(
                time: Timestamp(seconds: now - 3600 * Int64(age + 1)), encryption: passphrase == nil ? .none : .aes)
            try FileTree.rename("\(remote)/\(list)", to: "\(remote)/\(name)")
        }
        FileTree.remove(folder.path + "/state")
        // The change times that a new catalog lacks come with the next run, which changes nothing else.
        try run()
    }
}
