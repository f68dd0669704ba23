extension DiagnosticCode {
    /// E04x: logic of retention and storage.
    static let logicExplanations: [DiagnosticCode: Explanation] = [
        .retentionTiers: Explanation(
            "Retention tiers do not fit together.",
            """
            Tiers are read from young to old: each reaches to a greater age than the one before it, and its interval \
            fits into that age.
            """,
            wrong: """
                defaults:
                  retention: { tiers: "4w:1w, 7d:1d" }
                """,
            right: """
                defaults:
                  retention: { tiers: "7d:1d, 4w:1w" }
                """),
        .sizesConflict: Explanation(
            "Block and volume sizes do not fit together.",
            "A volume holds whole blocks, so it has to be at least as large as one; many times as large is sensible.",
            wrong: """
                defaults:
                  options: { block_size: 4MiB, volume_size: 1MiB }
                """,
            right: """
                defaults:
                  options: { block_size: 1MiB, volume_size: 50MiB }
                """),
    ]
}
