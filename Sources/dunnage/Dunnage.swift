@main
struct Dunnage {
    static func main() {}
}
