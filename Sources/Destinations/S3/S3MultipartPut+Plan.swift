extension S3MultipartPut {
    /// How a file is cut.
    struct Plan: Hashable {
        let size: Int64
        let partSize: Int64

        var count: Int { Int((size + partSize - 1) / partSize) }

        /// The bytes of a part, counted from 1.
        func range(of number: Int) -> Range<Int64> {
            let start = Int64(number - 1) * partSize
            return start..<min(size, start + partSize)
        }

        /// The plan for a file, the same each time.
        init(size: Int64, given: Int64?, preset: S3Preset) {
            self.size = size
            let mebibyte: Int64 = 1 << 20
            let least = (size + preset.maximumParts - 1) / preset.maximumParts
            let rounded = (least + mebibyte - 1) / mebibyte * mebibyte
            partSize = max(given ?? 16 * mebibyte, rounded, preset.minimumPart)
        }
    }
}
