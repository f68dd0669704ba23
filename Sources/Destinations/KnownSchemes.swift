/// The schemes of Duplicati's destinations that are not built yet, or never will be.
enum KnownSchemes {
    static let names = Array(messages.keys).sorted()

    /// What to tell somebody who pasted a URL of this scheme, also with the `s` that asks for TLS.
    static func message(for scheme: String) -> String? {
        if let message = messages[scheme] { return message }
        guard scheme.hasSuffix("s") else { return nil }
        return messages[String(scheme.dropLast())]
    }

    private static let messages: [String: String] = {
        var messages: [String: String] = [:]
        for (scheme, name) in notBuiltYet {
            messages[scheme] = "\(scheme):// (\(name)) is not built yet"
        }
        for (scheme, reason) in refused {
            messages[scheme] = "\(scheme):// cannot be supported: \(reason)"
        }
        return messages
    }()

    private static let notBuiltYet: [String: String] = [
        "ssh": "SFTP", "sftp": "SFTP", "ftp": "FTP",
        "aftp": "FTP", "webdav": "WebDAV", "smb": "Windows shares", "cifs": "Windows shares", "rclone": "rclone",
        "b2": "Backblaze B2", "azure": "Azure Blob Storage", "gcs": "Google Cloud Storage",
        "googledrive": "Google Drive", "onedrivev2": "OneDrive", "sharepoint": "SharePoint",
        "msgroup": "Microsoft 365 groups", "dropbox": "Dropbox", "box": "Box", "jottacloud": "Jottacloud",
        "pcloud": "pCloud", "storj": "Storj", "tardigrade": "Storj", "tahoe": "Tahoe-LAFS",
        "filen": "Filen",
        "drimecloud": "Drime", "mega": "MEGA",
    ]

    private static let refused: [String: String] = [
        "duplicati": "Duplicati's hosted storage hands its keys out to Duplicati only",
        "sia": "the service's API is gone", "onedrive": "the service behind it is gone; onedrivev2:// replaces it",
        "skydrive": "the service behind it is gone", "amzcd": "the service behind it is gone",
        "hubic": "the service behind it is gone", "filejump": "the service is replaced by drimecloud://",
        "mssp": "Microsoft withdrew its interface; sharepoint:// replaces it",
        "od4b": "Microsoft withdrew its interface; onedrivev2:// replaces it",
        "movistarcloud": "its interface is not public",
    ]
}
