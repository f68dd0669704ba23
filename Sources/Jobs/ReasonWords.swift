internal import Configuration
internal import Engine
internal import Support

/// Says what decided about a path in the words of the configuration, and where they stand.
struct ReasonWords {
    let job: JobSpecification
    /// The job's effective values.
    let values: EffectiveValue?

    func reason(_ step: PathJudgement.Step) -> (text: String, origin: Origin?) {
        switch step.reason {
        case .source: return ("a source", source(step.path))
        case .outsideSources: return ("neither a source nor below one", values?["sources"]?.origin)
        case .aboveSource: return ("above a source", values?["sources"]?.origin)
        case .rule(let index): return rule(index)
        case .noRule: return ("no filter matches", nil)
        case .noInclude: return ("there are only includes, and none matches", values?["filters"]?.origin)
        case .ownFile: return ("Dunnage's own files, or a destination on this machine", nil)
        case .marker(let index): return marker(index)
        case .cache: return selection("exclude_caches", "it holds a CACHEDIR.TAG")
        case .attribute(let attribute): return selection("exclude_attributes", "it is \(word(attribute))")
        case .exclusionAttribute: return ("an extended attribute of it asks for that", nil)
        case .size(let bytes): return selection("exclude_larger_than", "it has \(ByteCount(bytes))")
        case .empty: return selection("exclude_empty_folders", "nothing in it is stored")
        case .hardLink: return selection("hardlinks", "it has several names")
        case .symlink: return selection("symlinks", "it is a symbolic link")
        case .special: return ("it is no file, folder or link", nil)
        case .otherFileSystem: return selection("one_file_system", "another file system is mounted there")
        case .belowSymlink: return ("it is a symbolic link, which is stored as a link", symlinks)
        case .belowFile: return ("it is a file", nil)
        case .notText: return ("its name is not UTF-8", nil)
        case .tooLong: return ("its path is too long", nil)
        case .unreadable(let code): return ("it cannot be looked at: \(SystemError("", code: code).message)", nil)
        }
    }

    private var symlinks: Origin? { values?["selection"]?["symlinks"]?.origin }

    private func source(_ path: [UInt8]) -> Origin? {
        let bare = path.count > 1 && path.last == UInt8(ascii: "/") ? path.dropLast() : path[...]
        let index = job.sources.firstIndex { $0.path.utf8.elementsEqual(bare) }
        return index.flatMap { index in
            let items = values?["sources"]?.items ?? []
            return items.indices.contains(index) ? items[index]["path"]?.origin : nil
        }
    }

    private func rule(_ index: Int) -> (String, Origin?) {
        guard job.filters.indices.contains(index) else { return ("a filter", nil) }
        let rule = job.filters[index]
        let items = values?["filters"]?.items ?? []
        let written = items.indices.contains(index) ? items[index][rule.action.rawValue] : nil
        return ("\(rule.action.rawValue): \(rule.expression)", written?.origin)
    }

    private func marker(_ index: Int) -> (String, Origin?) {
        let names = job.selection.excludeIfPresent
        let items = values?["selection"]?["exclude_if_present"]?.items ?? []
        let name = names.indices.contains(index) ? names[index] : ""
        return (
            "selection.exclude_if_present: it holds \(name)", items.indices.contains(index) ? items[index].origin : nil
        )
    }

    private func selection(_ key: String, _ detail: String) -> (String, Origin?) {
        ("selection.\(key): \(detail)", values?["selection"]?[key]?.origin)
    }

    private func word(_ attribute: WalkPolicy.Attribute) -> String {
        switch attribute {
        case .hidden: "hidden"
        case .nodump: "marked nodump"
        }
    }
}
