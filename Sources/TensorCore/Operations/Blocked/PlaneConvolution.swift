import CKernels

extension Tensor {
  /// Convolution of pictures `[N, C, H, W]` of at most four channels with constant weights; the
  /// result is blocked. Gradients (first order) to the pictures only.
  func planesConvolved(withFrozen weights: FrozenWeights, epilogue: ConvolutionEpilogue) -> Tensor {
    check(
      shape.rank == 4 && shape[1] == weights.inputs && shape[1] <= Int(SEMBLANCE_MOST_PLANES)
        && epilogue.noise == nil && epilogue.bias?.tracksGradient != true,
      "convolved(frozen): pictures \(shape), weight \(weights.shape), constant bias, no noise"
    )
    let window = weights.window
    let size = window.outputSize(height: shape[2], width: shape[3])
    let result = Tensor(
      shape: [shape[0], blockCount(weights.outputs), size.height, size.width, 16]
    ) { target in
      for image in 0..<shape[0] {
        convolvePlanes(image, weights, epilogue, size, target)
      }
    }
    let storage = result.storage
    return result.recorded("convolved(frozen)", inputs: [self], isTwiceDifferentiable: false) {
      [shape] gradient, _ in
      [
        Tensor(shape: shape) { target in
          for image in 0..<shape[0] {
            gradient.gatherPlanes(
              image, result: storage, weights, epilogue, height: shape[2], width: shape[3], target)
          }
        }
      ]
    }
  }

  private func convolvePlanes(
    _ image: Int, _ weights: FrozenWeights, _ epilogue: ConvolutionEpilogue,
    _ size: (height: Int, width: Int), _ target: UnsafeMutablePointer<Float>
  ) {
    let span = OperationTrace.begin(
      "convolution of planes \(shape), \(weights.shape)",
      multiplications: weights.shape.count * size.height * size.width)
    defer { span?.end() }
    let bias = epilogue.bias.map { paddedChannels($0.pointer, weights.outputs) }
    let finish = semblance_epilogue(
      scale: nil, bias: bias.map { UnsafePointer($0.base) }, noise: nil, noise_strength: 0,
      slope: epilogue.slope, gain: epilogue.gain, clamp: epilogue.clamp)
    let algorithm = ConvolutionAlgorithm.best(
      for: weights.window, height: size.height, width: size.width)
    let start = image * blockCount(weights.outputs) * size.height * size.width * 16
    withUnsafePointer(to: finish) { finish in
      if algorithm == .winograd4 {
        filterPlanes(image, weights, finish, target + start)
      } else {
        slidePlanes(image, weights, finish, size, target + start)
      }
    }
    withExtendedLifetime(bias) {}
  }

  /// Any kernel and stride: the sum over taps and planes, pixel by pixel.
  private func slidePlanes(
    _ image: Int, _ weights: FrozenWeights, _ epilogue: UnsafePointer<semblance_epilogue>,
    _ size: (height: Int, width: Int), _ target: UnsafeMutablePointer<Float>
  ) {
    let (planes, height, width) = (shape[1], shape[2], shape[3])
    let padding = weights.window.padding
    let (paddedHeight, paddedWidth) = (height + 2 * padding, width + 2 * padding)
    let padded = Storage(count: planes * paddedHeight * paddedWidth)
    for plane in 0..<planes {
      semblance_pad_plane(
        pointer + (image * planes + plane) * height * width, Int64(height), Int64(width),
        Int64(padding), padded.base + plane * paddedHeight * paddedWidth)
    }
    let panels = weights.panels(for: .planes)
    let geometry = semblance_plane_shape(
      planes: padded.base, plane_count: Int64(planes), padded_height: Int64(paddedHeight),
      padded_width: Int64(paddedWidth), kernel: Int64(weights.window.kernelHeight),
      stride: Int64(weights.window.stride), output_width: Int64(size.width))
    withUnsafePointer(to: geometry) { geometry in
      Parallel.forRanges(size.height, grain: max(1, 2048 / size.width)) { rows in
        semblance_plane_convolution(
          geometry, panels.base, epilogue, Int64(size.height * size.width), 0,
          Int64(blockCount(weights.outputs)), Int64(rows.lowerBound), Int64(rows.upperBound),
          target)
      }
    }
    withExtendedLifetime(padded) {}
  }

  /// 3x3 with stride 1 and padding 1 by minimal filtering.
  private func filterPlanes(
    _ image: Int, _ weights: FrozenWeights, _ epilogue: UnsafePointer<semblance_epilogue>,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let (planes, height, width) = (shape[1], shape[2], shape[3])
    let (down, across) = ((height + 3) / 4, (width + 3) / 4)
    let panels = weights.panels(for: .filteredPlanes)
    let geometry = semblance_plane_winograd_shape(
      planes: pointer + image * planes * height * width, plane_count: Int64(planes),
      height: Int64(height), width: Int64(width))
    withUnsafePointer(to: geometry) { geometry in
      Parallel.forRanges(down, grain: max(1, 128 / across)) { rows in
        semblance_plane_winograd(
          geometry, panels.base, epilogue, Int64(blockCount(weights.outputs)),
          Int64(rows.lowerBound), Int64(rows.upperBound), target)
      }
    }
  }

  /// This is the blocked gradient of the result: to the planes of one picture.
  private func gatherPlanes(
    _ image: Int, result: Storage, _ weights: FrozenWeights, _ epilogue: ConvolutionEpilogue,
    height: Int, width: Int, _ target: UnsafeMutablePointer<Float>
  ) {
    let (blocks, outputHeight, outputWidth) = (shape[1], shape[2], shape[3])
    let span = OperationTrace.begin(
      "convolution of planes [\(height), \(width)], \(weights.shape), gradient",
      multiplications: weights.shape.count * outputHeight * outputWidth)
    defer { span?.end() }
    let pixels = outputHeight * outputWidth
    let window = weights.window
    let columnBlocks = Int(
      semblance_plane_gradient_blocks(
        Int64(weights.inputs), Int64(window.kernelHeight * window.kernelWidth)))
    let panels = weights.panels(for: .planesGradient)
    let gain = Storage(count: blocks * 16)
    gain.base.update(repeating: epilogue.gain, count: blocks * 16)
    let start = image * blocks * pixels * 16
    let slope = semblance_epilogue_gradient(
      y: nil, scale: gain.base, noise: nil, slope: epilogue.slope, clamp: epilogue.clamp)
    let geometry = semblance_plane_gradient_shape(
      plane_count: Int64(weights.inputs), height: Int64(height), width: Int64(width),
      kernel: Int64(window.kernelHeight), stride: Int64(window.stride),
      padding: Int64(window.padding), output_height: Int64(outputHeight),
      output_width: Int64(outputWidth))
    let planes = target + image * weights.inputs * height * width
    withUnsafePointer(to: slope) { slope in
      withUnsafePointer(to: geometry) { geometry in
        Parallel.forRanges(height, grain: max(4, 2048 * window.stride / width)) { rows in
          let read = window.outputRows(reading: rows, of: outputHeight)
          let (first, count) = (read.lowerBound * outputWidth, read.count * outputWidth)
          let dz = epilogue.passesGradients ? nil : Storage(count: blocks * count * 16)
          if let dz {
            for block in 0..<blocks {
              let offset = start + (block * pixels + first) * 16
              semblance_epilogue_gradient_apply(
                pointer + offset, result.base + offset, slope, Int64(block), 0, Int64(count),
                dz.base + block * count * 16, nil, 0)
            }
          }
          let columns = Storage(count: columnBlocks * count * 16)
          var operands = semblance_panel_operands(
            a: dz.map { UnsafePointer($0.base) } ?? UnsafePointer(pointer + start + first * 16),
            a_block_stride: Int64((dz == nil ? pixels : count) * 16), b: panels.base,
            b_block_stride: Int64(blocks * 256), out: columns.base,
            out_block_stride: Int64(count * 16), rows: Int64(count), depth_blocks: Int64(blocks),
            out_blocks: Int64(columnBlocks), accumulate: 0)
          semblance_panel_product(&operands)
          semblance_plane_gradient(
            geometry, columns.base, Int64(read.lowerBound), Int64(count * 16),
            Int64(rows.lowerBound), Int64(rows.upperBound), planes)
        }
      }
    }
    withExtendedLifetime(gain) {}
  }
}

extension ConvolutionWindow {
  /// The output rows whose windows touch some input rows.
  func outputRows(reading rows: Range<Int>, of outputHeight: Int) -> Range<Int> {
    let first = max(0, rows.lowerBound + padding - kernelHeight + stride) / stride
    let last = min(outputHeight - 1, (rows.upperBound - 1 + padding) / stride)
    return first..<max(first, last + 1)
  }
}
