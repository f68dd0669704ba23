internal import Glibc
internal import StoreFormat

extension FileAttributes.Viewer {
    /// The user and the groups that this process acts as.
    static func ofProcess() -> FileAttributes.Viewer {
        var groups: Set<UInt32> = [getegid()]
        let count = getgroups(0, nil)
        if count > 0 {
            var list = [gid_t](repeating: 0, count: Int(count))
            let filled = getgroups(count, &list)
            groups.formUnion(list.prefix(max(0, Int(filled))))
        }
        return FileAttributes.Viewer(uid: geteuid(), groups: groups)
    }
}
