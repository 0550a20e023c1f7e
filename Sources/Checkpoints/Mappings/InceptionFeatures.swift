/// The Inception network of the Frechet distance (pytorch-fid), kept under `inception.` (formats
/// spec 4). Every unit is a convolution without bias and a batch normalisation.
enum InceptionFeatures {
  /// All units and the final linear layer.
  static var layout: NetworkLayout {
    var layout = NetworkLayout()
    func unit(_ name: String, _ inputs: Int, _ outputs: Int, _ rows: Int, _ columns: Int? = nil) {
      layout.convolution("\(name).conv", inputs, outputs, rows, columns, hasBias: false)
      layout.normalization("\(name).bn", outputs)
    }
    unit("Conv2d_1a_3x3", 3, 32, 3)
    unit("Conv2d_2a_3x3", 32, 32, 3)
    unit("Conv2d_2b_3x3", 32, 64, 3)
    unit("Conv2d_3b_1x1", 64, 80, 1)
    unit("Conv2d_4a_3x3", 80, 192, 3)
    for (block, inputs, pool) in [("5b", 192, 32), ("5c", 256, 64), ("5d", 288, 64)] {
      unit("Mixed_\(block).branch1x1", inputs, 64, 1)
      unit("Mixed_\(block).branch5x5_1", inputs, 48, 1)
      unit("Mixed_\(block).branch5x5_2", 48, 64, 5)
      unit("Mixed_\(block).branch3x3dbl_1", inputs, 64, 1)
      unit("Mixed_\(block).branch3x3dbl_2", 64, 96, 3)
      unit("Mixed_\(block).branch3x3dbl_3", 96, 96, 3)
      unit("Mixed_\(block).branch_pool", inputs, pool, 1)
    }
    unit("Mixed_6a.branch3x3", 288, 384, 3)
    unit("Mixed_6a.branch3x3dbl_1", 288, 64, 1)
    unit("Mixed_6a.branch3x3dbl_2", 64, 96, 3)
    unit("Mixed_6a.branch3x3dbl_3", 96, 96, 3)
    for (block, width) in [("6b", 128), ("6c", 160), ("6d", 160), ("6e", 192)] {
      unit("Mixed_\(block).branch1x1", 768, 192, 1)
      unit("Mixed_\(block).branch7x7_1", 768, width, 1)
      unit("Mixed_\(block).branch7x7_2", width, width, 1, 7)
      unit("Mixed_\(block).branch7x7_3", width, 192, 7, 1)
      unit("Mixed_\(block).branch7x7dbl_1", 768, width, 1)
      unit("Mixed_\(block).branch7x7dbl_2", width, width, 7, 1)
      unit("Mixed_\(block).branch7x7dbl_3", width, width, 1, 7)
      unit("Mixed_\(block).branch7x7dbl_4", width, width, 7, 1)
      unit("Mixed_\(block).branch7x7dbl_5", width, 192, 1, 7)
      unit("Mixed_\(block).branch_pool", 768, 192, 1)
    }
    unit("Mixed_7a.branch3x3_1", 768, 192, 1)
    unit("Mixed_7a.branch3x3_2", 192, 320, 3)
    unit("Mixed_7a.branch7x7x3_1", 768, 192, 1)
    unit("Mixed_7a.branch7x7x3_2", 192, 192, 1, 7)
    unit("Mixed_7a.branch7x7x3_3", 192, 192, 7, 1)
    unit("Mixed_7a.branch7x7x3_4", 192, 192, 3)
    for (block, inputs) in [("7b", 1280), ("7c", 2048)] {
      unit("Mixed_\(block).branch1x1", inputs, 320, 1)
      unit("Mixed_\(block).branch3x3_1", inputs, 384, 1)
      unit("Mixed_\(block).branch3x3_2a", 384, 384, 1, 3)
      unit("Mixed_\(block).branch3x3_2b", 384, 384, 3, 1)
      unit("Mixed_\(block).branch3x3dbl_1", inputs, 448, 1)
      unit("Mixed_\(block).branch3x3dbl_2", 448, 384, 3)
      unit("Mixed_\(block).branch3x3dbl_3a", 384, 384, 1, 3)
      unit("Mixed_\(block).branch3x3dbl_3b", 384, 384, 3, 1)
      unit("Mixed_\(block).branch_pool", inputs, 192, 1)
    }
    layout.linear("fc", 2048, 1008)
    return layout
  }

  static func map(_ draft: inout MappingDraft) throws(CheckpointError) {
    try layout.take(&draft, to: "inception.")
  }
}
