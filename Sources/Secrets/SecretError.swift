public import Support

/// A secret that cannot be had.
public struct SecretError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Why.
    public enum Reason: Sendable, Hashable {
        /// No secret of the name exists.
        case notDefined
        /// The variable is not in the environment.
        case variableMissing(String)
        /// The variable holds no text.
        case variableEmpty(String)
        /// No such file.
        case fileMissing(String)
        /// This process may not read the file.
        case fileDenied(String)
        /// The path leads to a folder.
        case fileIsFolder(String)
        /// Everybody may write to the file, so its content cannot be trusted.
        case fileWritableByAll(String)
        /// The file holds nothing, or only a newline.
        case fileEmpty(String)
        /// The file is larger than a secret can be.
        case fileTooLarge(String, limit: ByteCount)
        /// The file is not UTF-8 text.
        case fileNotText(String)
        /// Reading failed in another way.
        case fileUnreadable(SystemError)
        /// The secret needs itself.
        case circular
        /// A provider did not give it.
        case provider(SecretProviderFailure)
    }

    /// The secret's name.
    public let name: String
    /// Why it cannot be had.
    public let reason: Reason

    /// A failure to get the secret of that name.
    public init(_ name: String, _ reason: Reason) {
        self.name = name
        self.reason = reason
    }

    /// Whether somebody asked to stop while it was being fetched.
    public var isCancelled: Bool {
        if case .provider(let failure) = reason, case .cancelled = failure.cause { return true }
        return false
    }

    /// A sentence with the cause and one with the remedy; never a value.
    public var description: String {
        "secret `\(name)` \(cause). \(remedy)."
    }

    private var cause: String {
        switch reason {
        case .notDefined: "is not defined"
        case .variableMissing(let variable): "needs the environment variable \(variable), which is not set"
        case .variableEmpty(let variable): "needs the environment variable \(variable), which is empty"
        case .fileMissing(let path): "needs the file \(path), which does not exist"
        case .fileDenied(let path): "needs the file \(path), which this user may not read"
        case .fileIsFolder(let path): "needs the file \(path), which is a folder"
        case .fileWritableByAll(let path): "needs the file \(path), which everybody may write to"
        case .fileEmpty(let path): "needs the file \(path), which is empty"
        case .fileTooLarge(let path, let limit): "needs the file \(path), which is larger than \(limit)"
        case .fileNotText(let path): "needs the file \(path), which is not UTF-8 text"
        case .fileUnreadable(let error): "cannot be read: \(error)"
        case .circular: "refers to itself"
        case .provider(let failure): "cannot be had from \(failure.provider), \(failure.place): \(failure.reason)"
        }
    }

    private var remedy: String {
        switch reason {
        case .notDefined: "Add it under `secrets:`"
        case .variableMissing(let variable), .variableEmpty(let variable):
            "Set \(variable) for this process, or read the secret from a file"
        case .fileMissing: "Create or mount the file, or correct its path"
        case .fileDenied: "Let the user of this process read it, for example with `chgrp` and `chmod 0440`"
        case .fileIsFolder: "Name the file inside it; a missing file that Docker mounts becomes a folder"
        case .fileWritableByAll(let path): "Take the right away with `chmod o-w \(path)`"
        case .fileEmpty: "Write the secret into it"
        case .fileTooLarge: "Check that the path is the right one"
        case .fileNotText: "Store the secret as text, for example in base64 if it is random bytes"
        case .fileUnreadable: "Check the file and its file system"
        case .circular: "Correct its definition"
        case .provider(let failure): failure.remedy
        }
    }

    /// Whether the same may succeed when it is tried again later.
    public var isTransient: Bool {
        if case .provider(let failure) = reason { failure.isTransient } else { false }
    }
}
