import Commands

@main
struct Semblance {
  static func main() { CommandLineProgram.main() }
}
