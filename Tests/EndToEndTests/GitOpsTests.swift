import Foundation
import Support
import Testing
import YAML

/// The examples for continuous integration, done step by step as the services do them: in a clone with a change, with
/// the program, and with stand-ins for what talks to the service.
@Suite("Examples for continuous integration")
struct GitOpsTests {
    private static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    private func read(_ name: String) throws -> Node {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(Self.checkout)/\(name)"))
        let document = YAMLDocument(parsing: try SourceText(utf8: bytes))
        #expect(document.problems.isEmpty, "\(name)")
        return try #require(document.root)
    }

    /// A repository with a configuration, and a branch that changes it; `folder` has the stand-ins.
    private struct Clone {
        let home: Household
        var variables: [String: String]

        init(_ new: String, for old: String = "keep_versions: 20") throws {
            home = try Household()
            variables = [
                "PATH": "\(home.path)/bin:/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null",
                "GITHUB_OUTPUT": "\(home.path)/outputs", "GITHUB_STEP_SUMMARY": "\(home.path)/summary",
            ]
            let text = home.configuration(job: "    retention: { keep_versions: 20, max_delete: 2 }\n")
            try home.shell("mkdir -p repository/backup bin; : > outputs; : > calls")
            try home.write(text, to: "repository/backup/dunnage.yaml")
            // The program itself; what would change this machine or ask a service is written down.
            try home.shell(
                #"""
                printf '#!/bin/sh\nexec "%s" "$@"\n' '\#(Binary.path)' > bin/dunnage
                for name in sudo apt-get gh; do
                    printf '#!/bin/sh\necho "%s $*" >> "%s/calls"\n' $name "$PWD" > bin/$name
                done
                cat > bin/curl <<'STAND-IN'
                #!/bin/sh
                echo "curl $*" >> "$HOME/calls"
                for word; do
                    [ "$last" != -fsSLo ] || : > "$word"
                    case $word in *@comment.md) cp comment.md "$HOME/posted" ;; esac
                    last=$word
                done
                STAND-IN
                cat > bin/jq <<'STAND-IN'
                #!/bin/sh
                exec python3 -c 'import json, sys; print(json.load(open(sys.argv[2]))[sys.argv[1][1:]])' "$2" "$3"
                STAND-IN
                chmod 755 bin/*
                cd repository
                git init -q . && git config user.name Anna && git config user.email anna@example.com
                git add . && git commit -qm 'what holds'
                """#)
            try home.write(text.replacing(old, with: new), to: "repository/backup/dunnage.yaml")
            try home.shell("cd repository && git commit -qam 'a change'")
        }

        var base: String {
            get throws {
                try home.shell("cd repository && git rev-parse HEAD~1").output.trimmingCharacters(in: .newlines)
            }
        }

        func file(_ name: String) throws -> String { try home.shell("cat \(name)").output }

        func run(_ script: String, _ more: [String: String]) throws -> Binary.Result {
            try home.write(script, to: "step.sh")
            return try Binary.shell(
                "cd repository && exec bash -e -o pipefail ../step.sh", in: home.path,
                environment: variables.merging(more) { $1 }.merging(["HOME": home.path]) { $1 })
        }
    }

    // MARK: GitHub

    /// Does the steps of a job that run something.
    private func github(_ job: String, in clone: Clone, needs: [String: String] = [:]) throws -> [String: Int32] {
        let workflow = try read("examples/gitops/github-workflow.yaml")
        var values = [
            "vars.DUNNAGE_PACKAGE": "https://example.org/dunnage.deb", "github.token": "token",
            "github.event.pull_request.base.sha": try clone.base, "github.event.pull_request.number": "7",
        ]
        for (name, value) in needs { values["needs.plan.outputs.\(name)"] = value }
        func environment(_ node: Node?) throws -> [String: String] {
            var variables: [String: String] = [:]
            for entry in node?.entries ?? [] {
                var text = entry.value.scalar?.text ?? ""
                if let expression = text.wholeMatch(of: /\$\{\{ (.*) \}\}/) {
                    text = try #require(values[String(expression.output.1)], "\(text)")
                }
                variables[entry.key] = text
            }
            return variables
        }
        let shared = try environment(workflow["env"])
        var codes: [String: Int32] = [:]
        for step in try #require(workflow["jobs"]?[job]?["steps"]?.items) {
            guard let script = step["run"]?.scalar?.text, let name = step["name"]?.scalar?.text else { continue }
            #expect(!script.contains("${{"), "an expression in a script runs what somebody wrote: \(name)")
            let isAlways = step["if"]?.scalar?.text.hasPrefix("always()") ?? false
            if !isAlways, codes.values.contains(where: { $0 != 0 }) { continue }
            let own = try environment(step["env"])
            codes[name] = try clone.run(script, shared.merging(own) { $1 }).code
        }
        return codes
    }

    @Test("GitHub: a harmless change is valid, is commented on, and needs no approval")
    func harmless() throws {
        let clone = try Clone("    description: The tree.\n    retention:", for: "    retention:")
        let codes = try github("plan", in: clone)
        #expect(codes["Validate"] == 0 && codes["Comment"] == 0 && codes["Plan"] == 0, "\(codes)")
        #expect(try clone.file("outputs").contains("approval=none"))
        #expect(try clone.file("repository/dunnage.sarif").contains("\"2.1.0\""))
        #expect(try clone.file("repository/comment.md").contains("### Dunnage plan"))
        #expect(try clone.file("summary").contains("### Dunnage plan"))
        #expect(try clone.file("calls").contains("gh pr comment 7 --edit-last --create-if-none --body-file comment.md"))
        #expect(try clone.file("calls").contains("sudo apt-get install -y ./dunnage.deb"))
    }

    @Test("GitHub: a change of retention needs an approval, which is good for its plan alone")
    func approval() throws {
        let clone = try Clone("keep_versions: 1")
        #expect(try github("plan", in: clone).values.allSatisfy { $0 == 0 })
        let comment = try clone.file("repository/comment.md")
        #expect(comment.contains("retention") && comment.contains("[!WARNING]"), "\(comment)")
        let outputs = try clone.file("outputs")
        #expect(outputs.contains("approval=needed"))
        let hash = try #require(outputs.firstMatch(of: /hash=(sha256:[0-9a-f]{64})/)).output.1
        #expect(comment.contains(hash))
        #expect(try github("approve", in: clone, needs: ["hash": String(hash)]) == ["Install": 0, "Gate": 0])
        let other = "sha256:" + String(repeating: "0", count: 64)
        #expect(try github("approve", in: clone, needs: ["hash": other]) == ["Install": 0, "Gate": 4])
    }

    @Test("GitHub: a candidate that cannot be used is red, and the comment says why")
    func broken() throws {
        let clone = try Clone("keep_versoins: 20")
        let codes = try github("plan", in: clone)
        #expect(codes["Validate"] == 78 && codes["Plan"] == 78 && codes["Comment"] == 0, "\(codes)")
        #expect(try clone.file("repository/comment.md").contains("cannot be used"))
        #expect(try clone.file("repository/dunnage.sarif").contains("keep_versoins"))
    }

    // MARK: GitLab

    /// Does the lines of a job's script, which are one script to the runner.
    private func gitlab(_ job: String, in clone: Clone, _ more: [String: String] = [:]) throws -> Int32 {
        let file = try read("examples/gitops/gitlab-ci.yaml")
        var variables = [
            "DUNNAGE_PACKAGE": "https://example.org/dunnage.deb", "DUNNAGE_BOT_TOKEN": "token",
            "CI_API_V4_URL": "https://gitlab.example.org/api/v4", "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "9",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": try clone.base,
        ]
        for entry in file["variables"]?.entries ?? [] { variables[entry.key] = entry.value.scalar?.text }
        let parent = try #require(file[job]?["extends"]?.scalar?.text)
        let lines = (file[parent]?["before_script"]?.items ?? []) + (try #require(file[job]?["script"]?.items))
        let script = lines.compactMap { $0.scalar?.text }.joined(separator: "\n")
        return try clone.run(script, variables.merging(more) { $1 }).code
    }

    @Test("GitLab: the change is valid, its plan is a note, and the gate opens for the plan that is approved")
    func mergeRequest() throws {
        let clone = try Clone("keep_versions: 1")
        #expect(try gitlab("validate", in: clone) == 0)
        #expect(try clone.file("repository/dunnage.xml").contains("<testsuite"))
        #expect(try gitlab("plan", in: clone) == 0)
        let note = try clone.file("posted")
        #expect(note.contains("### Dunnage plan"))
        #expect(
            try clone.file("calls").contains("https://gitlab.example.org/api/v4/projects/3/merge_requests/9/notes"))
        #expect(try gitlab("gate", in: clone) == 4)
        let hash = try #require(note.matches(of: /Plan `(sha256:[0-9a-f]{64})`/).last).output.1
        #expect(try gitlab("gate", in: clone, ["APPROVE": String(hash)]) == 0)
        #expect(try gitlab("gate", in: clone, ["APPROVE": "sha256:1234"]) == 4)
    }

    @Test("GitLab: a candidate that cannot be used is red, and the note says why")
    func brokenMergeRequest() throws {
        let clone = try Clone("keep_versoins: 20")
        #expect(try gitlab("validate", in: clone) == 78)
        #expect(try gitlab("plan", in: clone) == 1)
        #expect(try clone.file("posted").contains("cannot be used"))
    }

    // MARK: pre-commit

    @Test("pre-commit: its hooks do what they are called, on the files that they are given")
    func hooks() throws {
        let clone = try Clone("keep_versions: 19")
        let hooks = try #require(read(".pre-commit-hooks.yaml").items)
        let used = try #require(read("examples/gitops/pre-commit-config.yaml")["repos"]?.items?.first?["hooks"]?.items)
        #expect(used.map { $0["id"]?.scalar?.text } == hooks.map { $0["id"]?.scalar?.text })
        for (hook, use) in zip(hooks, used) {
            let entry = try #require(hook["entry"]?.scalar?.text)
            #expect(hook["pass_filenames"]?.scalar?.text == "false")
            let arguments = try #require(use["args"]?.items).compactMap { $0.scalar?.text }
            let line = ([entry] + arguments).joined(separator: " ")
            #expect(try clone.run(line, [:]).code == 0, "\(line)")
            try clone.home.shell("sed -i 's/^version: 1/vresion: 1/' repository/backup/dunnage.yaml")
            if entry.contains("validate") { #expect(try clone.run(line, [:]).code == 78) }
            try clone.home.shell("sed -i 's/^vresion: 1/version: 1/' repository/backup/dunnage.yaml")
        }
    }
}
