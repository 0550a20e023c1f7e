/// What the machine knows of the names that pickles import. This table is complete: a name that is
/// not in it is refused, and no entry stands for code.
enum PickleGlobal: Equatable {
  case orderedDictionary
  case rebuildTensor
  case rebuildTensorWithType
  case rebuildParameter
  case rebuildFromType
  case storage(ElementType)
  case untypedStorage
  case elementType(ElementType)
  case loadFromBytes
  case size
  case numPyType
  case numPyArray
  case numPyScalar
  case numPyReconstruct
  case numPyFromBuffer
  case set
  case list
  case tuple
  case dictionary
  case bytes
  case encode
  case objectReconstructor
  case object
  /// A class whose instances hold attributes: `argparse.Namespace`.
  case attributes
  /// A dictionary whose keys can be written as attributes.
  case easyDictionary
  /// A module of the persistence format of stylegan2-ada-pytorch and later.
  case persistentObject
  /// A network of the TensorFlow StyleGAN2.
  case tensorFlowNetwork
  /// Part of a network or a setting that is of no use here.
  case inert

  /// The entry for a name, or nil when it is not in the table.
  static func find(module: String, name: String) -> PickleGlobal? {
    if let known = table["\(module) \(name)"] { return known }
    // Layers of whole-module pickles: kept as attributes only.
    let isLayer = module.hasPrefix("torch.nn.modules.") && !name.contains(".")
    return isLayer ? .inert : nil
  }

  private static let table: [String: PickleGlobal] = {
    var table: [String: PickleGlobal] = [
      "collections OrderedDict": .orderedDictionary,
      "torch._utils _rebuild_tensor": .rebuildTensor,
      "torch._utils _rebuild_tensor_v2": .rebuildTensor,
      "torch._utils _rebuild_tensor_v3": .rebuildTensorWithType,
      "torch._utils _rebuild_parameter": .rebuildParameter,
      "torch._utils _rebuild_parameter_with_state": .rebuildParameter,
      "torch._tensor _rebuild_from_type_v2": .rebuildFromType,
      "torch.tensor _rebuild_from_type_v2": .rebuildFromType,
      "torch.storage _load_from_bytes": .loadFromBytes,
      "torch.storage UntypedStorage": .untypedStorage,
      "torch Size": .size,
      "torch device": .inert,
      "torch Tensor": .inert,
      "torch.nn.parameter Parameter": .inert,
      "numpy dtype": .numPyType,
      "numpy ndarray": .numPyArray,
      "_codecs encode": .encode,
      "copyreg _reconstructor": .objectReconstructor,
      "copy_reg _reconstructor": .objectReconstructor,
      "argparse Namespace": .attributes,
      "dnnlib.util EasyDict": .easyDictionary,
      "dnnlib EasyDict": .easyDictionary,
      "torch_utils.persistence _reconstruct_persistent_obj": .persistentObject,
      "dnnlib.tflib.network Network": .tensorFlowNetwork,
      "pathlib PosixPath": .inert,
      "pathlib PurePosixPath": .inert,
      "pathlib WindowsPath": .inert,
      "pathlib PureWindowsPath": .inert,
    ]
    for core in ["numpy.core", "numpy._core"] {
      table["\(core).multiarray scalar"] = .numPyScalar
      table["\(core).multiarray _reconstruct"] = .numPyReconstruct
      table["\(core).numeric _frombuffer"] = .numPyFromBuffer
    }
    for builtins in ["builtins", "__builtin__"] {
      table["\(builtins) set"] = .set
      table["\(builtins) frozenset"] = .set
      table["\(builtins) list"] = .list
      table["\(builtins) tuple"] = .tuple
      table["\(builtins) dict"] = .dictionary
      table["\(builtins) bytes"] = .bytes
      table["\(builtins) bytearray"] = .bytes
      table["\(builtins) object"] = .object
      table["\(builtins) slice"] = .inert
      table["\(builtins) complex"] = .inert
    }
    for (name, type) in storages {
      for module in ["torch", "torch.cuda", "torch.storage"] {
        table["\(module) \(name)Storage"] = .storage(type)
      }
    }
    table["torch UntypedStorage"] = .untypedStorage
    for (name, type) in elementTypes { table["torch \(name)"] = .elementType(type) }
    return table
  }()

  private static let storages: [String: ElementType] = [
    "Float": .f32, "Double": .f64, "Half": .f16, "BFloat16": .bf16, "Long": .i64, "Int": .i32,
    "Short": .i16, "Char": .i8, "Byte": .u8, "Bool": .bool, "ComplexFloat": .c64,
    "ComplexDouble": .c128,
  ]

  private static let elementTypes: [String: ElementType] = [
    "float32": .f32, "float64": .f64, "float16": .f16, "bfloat16": .bf16, "int64": .i64,
    "int32": .i32, "int16": .i16, "int8": .i8, "uint8": .u8, "uint16": .u16, "uint32": .u32,
    "uint64": .u64, "bool": .bool, "complex64": .c64, "complex128": .c128,
    "float8_e4m3fn": .f8e4m3, "float8_e5m2": .f8e5m2, "float8_e4m3fnuz": .f8e4m3fnuz,
    "float8_e5m2fnuz": .f8e5m2fnuz, "float8_e8m0fnu": .f8e8m0,
  ]
}
