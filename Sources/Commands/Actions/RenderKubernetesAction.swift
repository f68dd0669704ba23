internal import Glibc
internal import Jobs
internal import Kubernetes
internal import Secrets
internal import Support

/// Makes Kubernetes manifests, and writes them.
struct RenderKubernetesAction {
    let request: RenderRequest
    /// The folder for a kustomize base; nil for standard output.
    let folder: String?

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let manifests: RenderedManifests
        do {
            manifests = try KubernetesRendering.render(request)
        } catch let error as RenderError {
            for problem in error.problems { program.console.log("error: \(program.mask.apply(to: "\(problem)"))") }
            return .configuration
        }
        for warning in manifests.warnings {
            program.console.log("warning: \(program.mask.apply(to: "\(warning)"))")
        }
        if let folder {
            try write(manifests.base, to: folder)
        } else {
            try program.tell { try program.console.write(Array(manifests.stream.utf8)) }
        }
        return .success
    }

    /// Writes files of ours; one that somebody else wrote stays, and then none is written.
    private func write(_ files: [(name: String, text: String)], to folder: String) throws {
        try FileTree.createFolder(folder)
        for file in files {
            let path = "\(folder)/\(file.name)"
            guard access(path, F_OK) == 0 else { continue }
            let mark = Array(RenderedManifests.mark.utf8)
            guard try SmallFile.read(path, limit: mark.count) == mark else {
                throw Failure(
                    .local, .usage,
                    "\(path) was not rendered by this command, and is left as it is. Name another folder.")
            }
        }
        for file in files {
            let path = "\(folder)/\(file.name)"
            let temporary = "\(path).new"
            let target = try FileDescriptor.open(temporary, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
            try Array(file.text.utf8).withUnsafeBytes { try target.write(all: $0) }
            try FileTree.rename(temporary, to: path)
        }
    }
}
