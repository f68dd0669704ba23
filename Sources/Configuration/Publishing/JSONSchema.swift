public import JSON

/// The language as a JSON Schema (2020-12), for editors and for validators that know nothing of Dunnage.
///
/// It lets through whatever the program itself lets through. The other way round it cannot: references, the inside of
/// cron expressions, filters and URLs, what `defaults` or `extends` bring, and what two values say together are for
/// `dunnage validate`.
public enum JSONSchema {
    /// The schema, with its keys in the order of the reference.
    public static func document() -> JSONValue {
        var builder = JSONSchemaBuilder()
        let root = builder.object(ConfigurationSchema.root, .init())
        var members: [JSONValue.Member] = [
            .init("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            .init("title", .string("Configuration of Dunnage, version 1")),
        ]
        members += root
        let definitions = [variables] + builder.definitions
        members.append(.init("$defs", .object(definitions)))
        return .object(members)
    }

    /// A value with variables can become anything.
    private static let variables = JSONValue.Member(
        JSONSchemaBuilder.variables,
        .object([
            .init("type", .string("string")), .init("pattern", .string(#"\$"#)),
            .init("description", .string("A text with variables of the environment: ${NAME}.")),
        ]))
}
