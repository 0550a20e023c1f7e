"""Makes the files of this folder; run it here. Needs Python 3, NumPy and Pillow.

PNG files are written byte by byte, so that every colour type, depth and interlacing is there and
the expected pixels come from this script and not from another decoder. JPEG files and the
resampling references come from Pillow.
"""
import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageOps

WIDTH, HEIGHT = 11, 7
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
         (0, 1, 1, 2)]
random = np.random.default_rng(20)


def chunk(kind, data):
  return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rows(samples, bits):
  """Filtered rows (type 0 and, where it is simple, 2) of samples [height, width, channels]."""
  height = samples.shape[0]
  packed = []
  for row in samples.reshape(height, -1):
    if bits == 16:
      packed.append(row.astype(">u2").tobytes())
    else:
      text = "".join(format(int(value), "0%db" % bits) for value in row)
      text += "0" * (-len(text) % 8)
      packed.append(bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8)))
  out = b""
  for index, row in enumerate(packed):
    if index % 2 and bits >= 8:
      out += b"\2" + bytes((a - b) & 255 for a, b in zip(row, packed[index - 1]))
    else:
      out += b"\0" + row
  return out


def png(samples, kind, bits, interlaced=False, before_data=()):
  height, width = samples.shape[:2]
  out = b"\x89PNG\r\n\x1a\n"
  out += chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, interlaced))
  for name, data in before_data:
    out += chunk(name, data)
  if interlaced:
    data = b""
    for x, y, step_x, step_y in ADAM7:
      part = samples[y::step_y, x::step_x]
      if part.size:
        data += rows(part, bits)
  else:
    data = rows(samples, bits)
  packed = zlib.compress(data, 9)
  half = len(packed) // 2  # two data chunks
  return out + chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:]) + chunk(b"IEND", b"")


def write(name, data):
  with open(name, "wb") as file:
    file.write(data)


def over_white(color, alpha):
  """Both float arrays in 0...1, rounded twice as an 8-bit decoder does."""
  color = np.floor(color * 255 + 0.5)
  alpha = np.floor(alpha * 255 + 0.5)
  return np.floor((color * alpha + 255 * (255 - alpha)) / 255 + 0.5).astype(np.uint8)


def make_png():
  kinds = {"gray": (0, [1, 2, 4, 8, 16]), "gray-alpha": (4, [8, 16]), "rgb": (2, [8, 16]),
           "rgba": (6, [8, 16]), "indexed": (3, [1, 2, 4, 8])}
  for name, (kind, depths) in kinds.items():
    for bits in depths:
      shape = (HEIGHT, WIDTH, CHANNELS[kind])
      samples = random.integers(0, 1 << bits, shape)
      chunks = []
      maximum = (1 << bits) - 1
      if kind == 3:
        colors = random.integers(0, 256, (1 << bits, 3)).astype(np.uint8)
        chunks = [(b"PLTE", colors.tobytes())]
        rgb = colors[samples[..., 0]]
      elif kind in (0, 4):
        gray = np.repeat(samples[..., :1], 3, axis=2) / maximum
        alpha = samples[..., 1:2] / maximum if kind == 4 else np.ones(shape[:2] + (1,))
        rgb = over_white(gray, alpha)
      else:
        alpha = samples[..., 3:] / maximum if kind == 6 else np.ones(shape[:2] + (1,))
        rgb = over_white(samples[..., :3] / maximum, alpha)
      write("%s%d.png" % (name, bits), png(samples, kind, bits, False, chunks))
      write("%s%d-interlaced.png" % (name, bits), png(samples, kind, bits, True, chunks))
      write("%s%d.rgb" % (name, bits), np.ascontiguousarray(rgb, np.uint8).tobytes())
  # One transparent colour (tRNS) in grey and RGB; partly transparent palette entries.
  for bits in (4, 16):
    samples = random.integers(0, 1 << bits, (HEIGHT, WIDTH, 1))
    samples[2, 3] = samples[4, 5]
    key = int(samples[2, 3, 0])
    rgb = over_white(np.repeat(samples, 3, axis=2) / ((1 << bits) - 1), (samples != key) * 1.0)
    write("gray%d-key.png" % bits, png(samples, 0, bits, False, [(b"tRNS", struct.pack(">H", key))]))
    write("gray%d-key.rgb" % bits, rgb.tobytes())
  samples = random.integers(0, 256, (HEIGHT, WIDTH, 3))
  samples[6, 10] = samples[0, 0]
  key = samples[0, 0]
  alpha = np.any(samples != key, axis=2, keepdims=True) * 1.0
  write("rgb8-key.png", png(samples, 2, 8, False, [(b"tRNS", struct.pack(">HHH", *map(int, key)))]))
  write("rgb8-key.rgb", over_white(samples / 255, alpha).tobytes())
  samples = random.integers(0, 5, (HEIGHT, WIDTH, 1))
  colors = random.integers(0, 256, (5, 3)).astype(np.uint8)
  alphas = np.array([0, 77, 200], np.uint8)
  full = np.concatenate([alphas, [255, 255]]) / 255
  write("indexed8-alpha.png", png(samples, 3, 8, True,
                                  [(b"PLTE", colors.tobytes()), (b"tRNS", alphas.tobytes())]))
  write("indexed8-alpha.rgb",
        over_white(colors[samples[..., 0]] / 255, full[samples]).tobytes())
  # A pixel beyond the palette.
  write("indexed8-beyond.png", png(samples, 3, 8, False, [(b"PLTE", colors[:4].tobytes())]))


def scene(width, height):
  y, x = np.mgrid[0:height, 0:width] / np.array([height, width]).reshape(2, 1, 1)
  return (255 * np.stack([x, y, 0.5 + 0.5 * np.sin(6 * x + 4 * y)], axis=2)).astype(np.uint8)


def save(image, **options):
  file = io.BytesIO()
  image.save(file, "JPEG", **options)
  return file.getvalue()


def without_adobe_marker(data):
  at = data.index(b"\xff\xee")
  length = struct.unpack(">H", data[at + 2:at + 4])[0]
  return data[:at] + data[at + 2 + length:]


def make_jpeg():
  image = Image.fromarray(scene(37, 21))
  files = {
      "gray.jpg": save(image.convert("L"), quality=90),
      "rgb-444.jpg": save(image, quality=90, subsampling=0),
      "rgb-420.jpg": save(image, quality=90, subsampling=2),
      "rgb-422-restart.jpg": save(image, quality=85, subsampling=1, restart_marker_rows=1),
      "rgb-untransformed.jpg": save(image, quality=90, keep_rgb=True),
      "progressive.jpg": save(image, quality=80, progressive=True),
      "cmyk-adobe.jpg": save(image.convert("CMYK"), quality=95),
  }
  files["cmyk-plain.jpg"] = without_adobe_marker(files["cmyk-adobe.jpg"])
  for name, data in files.items():
    write(name, data)
    write(name.replace(".jpg", ".rgb"), Image.open(io.BytesIO(data)).convert("RGB").tobytes())


def exif(orientation, big_endian):
  order = ">" if big_endian else "<"
  head = (b"MM\0*" if big_endian else b"II*\0") + struct.pack(order + "I", 8)
  entries = [struct.pack(order + "HHI4s", 0x010F, 2, 3, b"ab\0\0"),
             struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)]
  thumbnail = 8 + 2 + 12 * len(entries) + 4
  return (head + struct.pack(order + "H", len(entries)) + b"".join(entries)
          + struct.pack(order + "I", thumbnail) + struct.pack(order + "HI", 0, 0))


def make_orientations():
  upright = scene(24, 16)
  write("upright.rgb", upright.tobytes())
  inverse = {1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
             4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
             6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
             8: Image.Transpose.ROTATE_270}
  for orientation, transpose in inverse.items():
    stored = Image.fromarray(upright)
    if transpose is not None:
      stored = stored.transpose(transpose)
    block = exif(orientation, orientation % 2 == 0)
    data = save(stored, quality=98, subsampling=0, exif=b"Exif\0\0" + block)
    turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    assert np.abs(np.asarray(turned).astype(int) - upright).max() < 12
    write("orientation%d.jpg" % orientation, data)
    samples = np.asarray(stored)
    write("orientation%d.png" % orientation, png(samples, 2, 8, False, [(b"eXIf", block)]))


def make_metadata():
  profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
  write("srgb.icc", profile)
  image = Image.fromarray(scene(16, 12))
  write("metadata.jpg", save(image, quality=90, icc_profile=profile,
                             exif=b"Exif\0\0" + exif(1, False)))
  file = io.BytesIO()
  image.save(file, "PNG", icc_profile=profile, exif=exif(1, False))
  write("metadata.png", file.getvalue())


def make_resampling():
  gray = random.integers(0, 256, (9, 13)).astype(np.uint8)
  write("resampling-13x9.gray", gray.tobytes())
  image = Image.fromarray(gray.astype(np.float32), mode="F")
  for name, method in (("bilinear", Image.Resampling.BILINEAR),
                       ("bicubic", Image.Resampling.BICUBIC),
                       ("lanczos", Image.Resampling.LANCZOS)):
    for width, height in ((5, 4), (29, 17), (6, 21)):
      resized = np.asarray(image.resize((width, height), method), "<f4")
      write("%s-%dx%d.f32" % (name, width, height), resized.tobytes())


def make_masks():
  """The palette of the tests: black, skin 255,205,170, nose 235,150,110, lip 220,40,60."""
  colors = np.array([[0, 0, 0], [255, 205, 170], [235, 150, 110], [220, 40, 60]], np.uint8)
  ids = random.integers(0, 4, (HEIGHT, WIDTH, 1))
  write("mask.ids", ids.astype(np.uint8).tobytes())
  write("mask-indexed.png", png(ids, 3, 8, False, [(b"PLTE", colors.tobytes())]))
  write("mask-indexed2.png", png(ids, 3, 2, True, [(b"PLTE", colors.tobytes())]))
  order = np.array([2, 0, 3, 1])  # as an editor that sorts its palette would store it
  write("mask-reordered.png",
        png(np.argsort(order)[ids], 3, 8, False, [(b"PLTE", colors[order].tobytes())]))
  ramp = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
  write("mask-gray-ramp.png", png(ids, 3, 8, False, [(b"PLTE", ramp.tobytes())]))
  write("mask-gray-palette.png",
        png(ids, 3, 8, False, [(b"PLTE", (85 * ramp[:4]).astype(np.uint8).tobytes())]))
  for bits in (2, 4, 8, 16):
    write("mask-gray%d.png" % bits, png(ids, 0, bits))
  rgb = colors[ids[..., 0]].astype(int)
  opaque = np.full((HEIGHT, WIDTH, 1), 255)
  write("mask-rgb.png", png(rgb, 2, 8))
  write("mask-rgba.png", png(np.concatenate([rgb, opaque], axis=2), 6, 8))
  write("mask-rgb16.png", png(rgb * 257, 2, 16))
  opaque[3, 4] = 128
  opaque[5, 1] = 0
  write("mask-transparent.png", png(np.concatenate([rgb, opaque], axis=2), 6, 8))
  write("mask-foreign-palette.png",
        png(ids, 3, 8, False, [(b"PLTE", bytes([0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0]))]))


make_png()
make_jpeg()
make_orientations()
make_metadata()
make_resampling()
make_masks()
