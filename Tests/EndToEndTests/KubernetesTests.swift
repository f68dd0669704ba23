import Foundation
import Support
import TestSupport
import Testing
import YAML

/// What the manifests say is done as Kubernetes would do it, and judged by its schemas and tools where they are.
@Suite("Kubernetes")
struct KubernetesTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    // MARK: The container

    /// The documents of a stream.
    private func documents(_ stream: String) throws -> [Node] {
        try stream.components(separatedBy: "\n---\n").dropFirst().map { text in
            try #require(YAMLDocument(parsing: try SourceText(utf8: Array(text.utf8))).root, "\(text)")
        }
    }

    /// Fills a folder as the kubelet does: a folder of that moment, `..data` that leads to it, links to what is in it.
    private func mount(_ files: [(path: String, text: String)], at folder: String, in home: Household) throws {
        for file in files {
            let path = "\(home.path)/\(folder)/..2026_11_22_02_30_00.123/\(file.path)"
            try FileTree.createFolder((path as NSString).deletingLastPathComponent)
            try Data(file.text.utf8).write(to: URL(fileURLWithPath: path))
        }
        try home.shell(
            """
            cd '\(folder)' && ln -s ..2026_11_22_02_30_00.123 ..data
            for entry in ..data/*; do ln -s "$entry" "$(basename "$entry")"; done
            """)
    }

    /// Runs the container of a pod's template.
    private func run(
        _ template: Node, _ home: Household, index: Int? = nil
    ) throws -> Binary.Result {
        let container = try #require(template["spec"]?["containers"]?.items?.first)
        var environment: [String: String] = [:]
        for variable in container["env"]?.items ?? [] {
            let name = try #require(variable["name"]?.scalar?.text)
            environment[name] = variable["value"]?.scalar?.text ?? "correct horse battery staple"
        }
        if let index { environment["JOB_COMPLETION_INDEX"] = "\(index)" }
        let arguments = try #require(container["args"]?.items).map { item in
            let text = (item.scalar?.text ?? "").replacing(
                "$(JOB_COMPLETION_INDEX)", with: index.map { "\($0)" } ?? "?")
            // A pod has /config at its root; a test has it below a folder of its own.
            return text == "/config" || text.hasPrefix("/config/") ? home.path + text : text
        }
        return try Binary.run(arguments, in: home.path, environment: environment)
    }

    private func configMap(_ documents: [Node], _ template: Node) throws -> [(path: String, text: String)] {
        let map = try #require(documents.first { $0["kind"]?.scalar?.text == "ConfigMap" })
        let volume = template["spec"]?["volumes"]?.items?.first { $0["name"]?.scalar?.text == "config" }
        var paths: [String: String] = [:]
        for item in volume?["configMap"]?["items"]?.items ?? [] {
            paths[item["key"]?.scalar?.text ?? ""] = item["path"]?.scalar?.text
        }
        return try #require(map["data"]?.entries).map { entry in
            (paths[entry.key] ?? entry.key, entry.value.scalar?.text ?? "")
        }
    }

    private func template(_ document: Node) throws -> Node {
        try #require(document["spec"]?["jobTemplate"]?["spec"]?["template"])
    }

    @Test("the container of a CronJob backs up, from a configuration that is mounted as Kubernetes does it")
    func container() throws {
        let home = try Household()
        try home.shell("mkdir -p local/jobs")
        let whole = home.configuration().replacing("state_dir: state", with: "state_dir: \(home.path)/state")
            .replacing("file: passphrase", with: "env: STORE_PASSPHRASE")
        let split = try #require(whole.firstRange(of: "jobs:\n"))
        try home.write(
            String(whole[..<split.lowerBound]) + "include: [jobs/*.yaml]\ndefaults: { schedule: \"H 3 * * *\" }\n",
            to: "local/dunnage.yaml")
        try home.write(String(whole[split.lowerBound...]), to: "local/jobs/home.yaml")
        let rendered = try home.dunnage(
            "render", "kubernetes", "-c", "local/dunnage.yaml", "--claim", "\(home.path)/tree=tree", "--claim",
            "\(home.path)/backup=backup")
        try #require(rendered.code == 0, "\(rendered.error)")
        #expect(rendered.error.isEmpty)
        let documents = try documents(rendered.output)
        let job = try #require(documents.first { $0["kind"]?.scalar?.text == "CronJob" })
        let template = try template(job)
        try mount(configMap(documents, template), at: "config", in: home)
        let result = try run(template, home)
        try #require(result.code == 0, "\(result.error)")
        let restore = try home.dunnage(
            "restore", "--store", home.store, "--passphrase-file", "passphrase", "--target", "out")
        #expect(restore.code == 0, "\(restore.error)")
        #expect(try home.manifest("tree") == home.manifest("out"))
        // The fingerprint is the one that the run logs.
        let hash = try #require(job["metadata"]?["annotations"]?["dunnage/config-hash"]?.scalar?.text)
        #expect(result.error.contains(hash), "\(hash)\n\(result.error)")
    }

    @Test("the pods of an Indexed Job back up the whole tree")
    func indexed() throws {
        let home = try Household()
        try home.shell("for i in $(seq 1 30); do echo $i > tree/n$i; done")
        try home.write(
            home.configuration(job: "    schedule: \"0 3 * * *\"\n", passphrase: "\(home.path)/passphrase")
                .replacing("state_dir: state", with: "state_dir: \(home.path)/state")
                .replacing("/backup\n", with: "/backup/{job}/{shard}\n"), to: "dunnage.yaml")
        let rendered = try home.dunnage(
            "render", "kubernetes", "-c", "dunnage.yaml", "--claim", "\(home.path)=everything", "--shards", "home=4")
        try #require(rendered.code == 0, "\(rendered.error)")
        let documents = try documents(rendered.output)
        let job = try #require(documents.first { $0["kind"]?.scalar?.text == "CronJob" })
        let specification = try #require(job["spec"]?["jobTemplate"]?["spec"])
        #expect(specification["completionMode"]?.scalar?.text == "Indexed")
        #expect(specification["completions"]?.scalar?.text == "4")
        let template = try template(job)
        try mount(configMap(documents, template), at: "config", in: home)
        for index in 0..<4 {
            let result = try run(template, home, index: index)
            try #require(result.code == 0, "\(result.error)")
        }
        let restore = try home.dunnage("restore", "home", "-c", "dunnage.yaml", "--shards", "4", "--target", "out")
        #expect(restore.code == 0, "\(restore.error)")
        #expect(try home.manifest("tree") == home.manifest("out\(home.path)/tree"))
    }

    @Test("files of others are not written over, and nothing of the environment counts")
    func files() throws {
        let home = try Household()
        try home.write(
            home.configuration(passphrase: "/run/secrets/passphrase")
                .replacing("state_dir: state", with: "state_dir: /state"), to: "dunnage.yaml")
        let line = [
            "render", "kubernetes", "-c", "dunnage.yaml", "--claim", "\(home.path)=all", "--output", "base",
        ]
        let first = try Binary.run(line, in: home.path)
        try #require(first.code == 0, "\(first.error)")
        try home.shell("cp -r base once")
        let again = try Binary.run(
            line, in: home.path, environment: ["DUNNAGE__INSTANCE": "other", "TZ": "Asia/Tokyo"])
        #expect(again.code == 0, "\(again.error)")
        #expect(try home.shell("diff -r base once").code == 0)
        try home.shell("echo mine > base/workloads.yaml; cp -r base before")
        let refused = try Binary.run(line, in: home.path)
        #expect(refused.code == 2 && refused.error.contains("base/workloads.yaml was not rendered"), "\(refused.error)")
        #expect(try home.shell("diff -r base before").code == 0)
        let missing = try home.dunnage("render", "kubernetes", "-c", "dunnage.yaml")
        #expect(missing.code == 78 && missing.output.isEmpty)
        #expect(missing.error.hasPrefix("error: dunnage.yaml:"), "\(missing.error)")
    }

    // MARK: Schemas and tools

    private static let versions = ["1.31", "1.34", "1.37"]
    private static let hasSchemas = Python.has("kubernetes_validate")

    /// Judges every document of some files by the schemas of three versions of Kubernetes.
    private func validate(_ files: [String]) throws {
        let script = """
            import sys, yaml, kubernetes_validate
            checked = 0
            for path in sys.argv[2:]:
                for document in yaml.safe_load_all(open(path, encoding="utf-8")):
                    if document is None or document["kind"] == "Kustomization": continue
                    for version in sys.argv[1].split(","):
                        try:
                            kubernetes_validate.validate(document, version, strict=True)
                            checked += 1
                        except Exception as error:
                            print(f"{path}: {document['kind']}: {version}: {error}"[:800])
            print(f"checked {checked}")
            """
        let output = try Python.run(["-c", script, Self.versions.joined(separator: ",")] + files)
        let count = output.firstMatch(of: /^checked (\d+)\n$/).flatMap { Int($0.1) } ?? 0
        #expect(count >= files.count * Self.versions.count, "\(output)")
    }

    private func tool(_ name: String, _ line: [String], in folder: String) throws -> Binary.Result {
        try Binary.Running(#require(TestTool.path(name)), line, folder: folder, environment: [:]).wait()
    }

    @Test(
        "the schemas accept what is rendered of every example, in both modes", .enabled(if: KubernetesTests.hasSchemas))
    func examples() throws {
        let home = try Household()
        var files: [String] = []
        let found = try Binary.shell("find * -name dunnage.yaml | sort", in: "\(Self.root)/examples").output
        let names = found.split(separator: "\n").map { String($0.dropLast("/dunnage.yaml".count)) }
        try #require(names.count >= 5)
        let claims = ["source", "srv", "home", "etc/dunnage", "mnt/backup", "backups", "data", "volumes", "dumps"]
        for name in names {
            for mode in ["cronjobs", "daemon"] {
                var line = ["render", "kubernetes", "-c", "\(Self.root)/examples/\(name)/dunnage.yaml", "--mode", mode]
                for claim in claims { line += ["--claim", "/\(claim)/data=data:\(claim)"] }
                for path in try paths(name) where path != "/etc" && !path.hasPrefix("/usr/") {
                    line += ["--claim", "\(path)=data"]
                }
                let result = try Binary.run(line, in: home.path)
                guard result.code == 0 else {
                    // What cannot be said in manifests is said with its place.
                    let errors = result.error.split(separator: "\n").filter { $0.hasPrefix("error: ") }
                    #expect(result.code == 78 && !errors.isEmpty, "\(name): \(result.error)")
                    #expect(errors.allSatisfy { $0.contains("dunnage.yaml:") }, "\(name): \(result.error)")
                    continue
                }
                try home.write(result.output, to: "\(files.count).yaml")
                files.append("\(home.path)/\(files.count).yaml")
            }
        }
        #expect(files.count >= names.count, "\(files)")
        try validate(files)
    }

    /// The sources of an example.
    private func paths(_ example: String) throws -> Set<String> {
        let shown = try Binary.run(
            ["config", "show", "\(Self.root)/examples/\(example)/dunnage.yaml"], in: "/tmp")
        try #require(shown.code == 0, "\(shown.error)")
        return Set(shown.output.matches(of: /- path: "?(\/[^"\n]*)/).map { String($0.1) })
    }

    @Test("the schemas accept the manifests that other tests compare", .enabled(if: KubernetesTests.hasSchemas))
    func goldens() throws {
        let folder = "\(Self.root)/Tests/KubernetesTests/Goldens"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            !$0.hasPrefix("kustomization")
        }
        try #require(names.count >= 3)
        try validate(names.map { "\(folder)/\($0)" })
    }

    @Test("the base of the examples is what is rendered of their configuration")
    func base() throws {
        let home = try Household()
        let result = try Binary.run(
            [
                "render", "kubernetes", "-c", "examples/kubernetes/dunnage.yaml", "--claim",
                "/source/uploads=app-uploads",
                "--claim", "/backups=backup-store", "--image", "registry.example.org/dunnage:0.1.0", "--output",
                "\(home.path)/base",
            ], in: Self.root)
        try #require(result.code == 0, "\(result.error)")
        let difference = try Binary.shell("diff -r '\(home.path)/base' examples/kubernetes/base", in: Self.root)
        #expect(difference.code == 0, "\(difference.output)")
    }

    @Test(
        "kustomize builds the overlays", .enabled(if: TestTool.areThere("kubectl") && KubernetesTests.hasSchemas),
        arguments: ["base", "overlays/staging", "overlays/production"])
    func overlays(_ overlay: String) throws {
        let home = try Household()
        let built = try tool("kubectl", ["kustomize", "\(Self.root)/examples/kubernetes/\(overlay)"], in: home.path)
        try #require(built.code == 0, "\(built.error)")
        try home.write(built.output, to: "built.yaml")
        try validate(["\(home.path)/built.yaml"])
        if overlay.hasSuffix("staging") { #expect(built.output.contains("suspend: true")) }
    }

    @Test(
        "the chart's templates are valid, in both modes",
        .enabled(if: TestTool.areThere("helm") && KubernetesTests.hasSchemas), arguments: ["daemon", "cronjobs"])
    func chart(_ mode: String) throws {
        let home = try Household()
        let chart = "\(Self.root)/charts/dunnage"
        let values = ["--values", "\(chart)/ci/\(mode)-values.yaml"]
        let lint = try tool("helm", ["lint", "--strict", chart] + values, in: home.path)
        #expect(lint.code == 0, "\(lint.output)\(lint.error)")
        let built = try tool("helm", ["template", "release", chart] + values, in: home.path)
        try #require(built.code == 0, "\(built.error)")
        try home.write(built.output, to: "built.yaml")
        try validate(["\(home.path)/built.yaml"])
        // The configuration is embedded word for word, and can be followed.
        let map = try #require(
            built.output.components(separatedBy: "\n---\n").first { $0.contains("\nkind: ConfigMap\n") })
        let data = YAMLDocument(parsing: try SourceText(utf8: Array(map.utf8))).root?["data"]?["dunnage.yaml"]
        try home.write(try #require(data?.scalar?.text), to: "chart.yaml")
        let valid = try home.dunnage("validate", "chart.yaml")
        #expect(valid.code == 0, "\(valid.output)\(valid.error)")
        // What the schema of the values does not know is refused.
        let wrong = try tool("helm", ["template", chart] + values + ["--set", "mod=daemon"], in: home.path)
        #expect(wrong.code != 0)
    }
}
