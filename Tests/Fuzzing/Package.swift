// swift-tools-version: 6.2
import PackageDescription

// The readers of Checkpoints under libFuzzer; see README.md. The modules are those of the main
// package (symbolic links), built once more with coverage counters.
let coverage: SwiftSetting = .unsafeFlags(["-sanitize=fuzzer"])

let package = Package(
  name: "Fuzzing",
  platforms: [.macOS(.v15)],
  targets: [
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas"),
    .target(name: "CKernels"),
    .target(name: "TensorCore", dependencies: ["CKernels", "COpenBLAS"]),
    .target(name: "Checkpoints", dependencies: ["TensorCore"], swiftSettings: [coverage]),
    .target(name: "FuzzDriver"),
    .executableTarget(
      name: "FuzzReaders", dependencies: ["Checkpoints", "FuzzDriver"],
      swiftSettings: [coverage, .unsafeFlags(["-parse-as-library"])],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu17
)
