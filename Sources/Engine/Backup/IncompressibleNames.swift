/// File name extensions of formats that are compressed already.
///
/// Packing such files again costs time and gains nothing. Other files are probed by content, so the list need not be
/// complete. Many of these stand in Duplicati's `default_compressed_extensions.txt` as well.
enum IncompressibleNames {
    private static let extensions: Set<[UInt8]> = Set(
        """
        7z apk avif br bz2 cab cr2 crx deb docx dmg ear epub flac flv gif gpg gz heic jar jpeg jpg jxl lz4 lzma \
        m2ts m4a m4v mkv mov mp3 mp4 mpeg mpg nef odp ods odt ogg ogv opus png pptx rar rpm snap svgz tbz2 tgz \
        txz vob war webm webp whl wmv woff woff2 xlsx xz zip zst aes age aac aa3 ape wma wmz
        """.split(separator: " ").map { Array($0.utf8) })

    /// Whether a name ends in one of the extensions, in either case.
    static func contains(_ name: ArraySlice<UInt8>) -> Bool {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), name.endIndex - dot <= 6, dot > name.startIndex else {
            return false
        }
        return extensions.contains(
            name[(dot + 1)...].map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 })
    }
}
