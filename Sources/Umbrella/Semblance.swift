// Everything a program needs to embed Semblance: `import Semblance`.
@_exported import Checkpoints
@_exported import Editing
@_exported import Evaluation
@_exported import Layers
@_exported import Networks
@_exported import Pictures
@_exported import TensorCore
@_exported import Training
