// swift-tools-version: 6.2
import PackageDescription

// Modules in the order of the house: each may import only modules above it in this list.
let package = Package(
  name: "Semblance",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Semblance", targets: ["Semblance"]),
    .executable(name: "semblance", targets: ["SemblanceTool"]),
  ],
  traits: [
    .trait(
      name: "MPI", description: "Training in several processes that an MPI launcher started.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "CMPI", pkgConfig: "ompi-c",
      providers: [.apt(["libopenmpi-dev"]), .brew(["open-mpi"])]),
    .target(name: "CKernels"),
    .target(
      name: "CCodecs",
      linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),
    .target(name: "CModels", exclude: ["models"]),
    .target(name: "Pictures", dependencies: ["CCodecs"]),
    .target(name: "TensorCore", dependencies: ["CKernels", "COpenBLAS"]),
    .target(name: "Layers", dependencies: ["TensorCore"]),
    .target(name: "Checkpoints", dependencies: ["TensorCore"]),
    .target(name: "Networks", dependencies: ["Layers", "Checkpoints", "Pictures", "TensorCore"]),
    .target(name: "Evaluation", dependencies: ["Networks", "Layers", "Pictures", "TensorCore"]),
    .target(
      name: "Training",
      dependencies: [
        "Evaluation", "Networks", "Layers", "Checkpoints", "Pictures", "TensorCore",
        .target(name: "CMPI", condition: .when(traits: ["MPI"])),
      ]),
    .target(
      name: "Editing",
      dependencies: [
        "CModels", "Evaluation", "Networks", "Layers", "Checkpoints", "Pictures", "TensorCore",
      ]),
    .target(
      name: "Semblance",
      dependencies: [
        "Editing", "Training", "Evaluation", "Networks", "Checkpoints", "Layers", "Pictures",
        "TensorCore",
      ],
      path: "Sources/Umbrella"),
    .target(
      name: "Commands",
      dependencies: [
        "Editing", "Training", "Evaluation", "Networks", "Checkpoints", "Layers", "Pictures",
        "TensorCore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "SemblanceTool", dependencies: ["Commands"], path: "Sources/semblance"),
    .target(
      name: "TestSupport", dependencies: ["TensorCore", "Checkpoints"], path: "Tests/TestSupport"),
    .testTarget(name: "PicturesTests", dependencies: ["Pictures"], exclude: ["Fixtures"]),
    .testTarget(name: "TensorCoreTests", dependencies: ["TensorCore", "TestSupport"]),
    .testTarget(name: "LayersTests", dependencies: ["Layers", "TestSupport"]),
    .testTarget(
      name: "CheckpointsTests", dependencies: ["Checkpoints", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(name: "NetworksTests", dependencies: ["Networks", "TestSupport"]),
    .testTarget(
      name: "ParityTests",
      dependencies: ["Networks", "Evaluation", "Checkpoints", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "EvaluationTests", dependencies: ["Evaluation", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "Networks", "Layers", "Checkpoints", "Pictures", "TensorCore", "TestSupport",
      ],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "EditingTests",
      dependencies: ["Editing", "Networks", "Checkpoints", "Pictures", "TensorCore", "TestSupport"]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Commands", "Editing", "Networks", "Checkpoints", "Pictures", "TensorCore",
      ],
      exclude: ["Transcripts"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu17
)
