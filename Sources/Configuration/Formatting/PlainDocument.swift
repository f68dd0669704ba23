internal import YAML

/// A configuration as far as YAML goes, for those who change its text rather than use it.
enum PlainDocument {
    /// Reads a text.
    /// - Throws: `InvalidConfiguration` with what is wrong with it as YAML.
    static func read(utf8 bytes: [UInt8], file: String) throws(InvalidConfiguration) -> YAMLDocument {
        let source: SourceText
        do throws(InvalidEncoding) {
            source = try SourceText(utf8: bytes)
        } catch {
            throw complaint(bytes, file)
        }
        let document = YAMLDocument(parsing: source)
        guard document.problems.isEmpty else { throw complaint(bytes, file) }
        return document
    }

    /// What the loader says about the text, of which only the parts about YAML matter here.
    private static func complaint(_ bytes: [UInt8], _ file: String) -> InvalidConfiguration {
        do throws(InvalidConfiguration) {
            _ = try ConfigurationLoader.load(utf8: bytes, file: file, folder: "/", environment: [:])
            return InvalidConfiguration(file: file, diagnostics: [])
        } catch {
            let about = error.diagnostics.filter { $0.code.rawValue.hasPrefix("E00") }
            return InvalidConfiguration(file: file, diagnostics: about)
        }
    }
}
