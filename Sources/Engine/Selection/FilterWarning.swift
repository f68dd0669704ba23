/// Something about a list of rules that is allowed but hardly meant.
///
/// Rules are named by their index.
public enum FilterWarning: Sendable, Hashable, CustomStringConvertible {
    /// A rule stands behind one that matches everything.
    case unreachable(rule: Int, behind: Int)
    /// An exclude-everything rule follows includes, none of which lets folders pass.
    case excludesEveryFolder(rule: Int)

    /// One sentence of cause and one of remedy.
    public var description: String {
        switch self {
        case .unreachable(let rule, let behind):
            "Filter rule \(rule + 1) never decides: rule \(behind + 1) matches everything. Move it up or remove it."
        case .excludesEveryFolder(let rule):
            "Filter rule \(rule + 1) excludes every folder, so nothing in them is found. "
                + "Put an include of */ in front of it, or remove it: a list of includes alone excludes the rest."
        }
    }
}
