import Commands

@main
struct SemblanceProgram {
  static func main() {}
}
