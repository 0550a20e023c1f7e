#!/usr/bin/env bash
# Makes again what depends on the cars model: vectors from pairs, latent directions, the probe, and the numbers
# of the tables. Run it, after examples/learn-vectors.sh, when the model was replaced; half an hour to an hour.
#
#   bash examples/evaluation/cars.sh DATA OUT
#
# DATA is the folder of examples/training/render_cars (train, test, pairs, attributes). What is in OUT already is
# not made again, so an interrupted run goes on. Vectors and probe are copied from OUT to where they belong by hand.
set -euo pipefail
data=$(realpath "${1:?the folder of the renderings}") out=${2:?the folder of the results}
mkdir -p "$out" && out=$(realpath "$out")
cd "$(dirname "$0")/../.."
bash .ci/setup
semblance=$PWD/.build/release/semblance

wheels=tyre_front,tyre_rear,rim_front,rim_rear,wheel_well
painted=body,hood,roof,pillar,door,door_handle,mirror,front_bumper,rear_bumper,sill,trunk
car=body,hood,roof,windshield,side_window_front,side_window_rear,rear_window,pillar,door,door_handle,mirror,front_bumper
car=$car,rear_bumper,grille,headlight,tail_light,licence_plate,$wheels,fog_light,sill,trunk
# edit, classes, column of attributes.csv, vector from repainted masks
edits=(
  "wheel_enlarge $wheels R enlarge-wheels"
  "headlight_enlarge headlight area_headlight enlarge-headlights"
  "plate_remove licence_plate area_licence_plate remove-plate"
  "ride_height $car ride -"
  "paint_colour $painted paint_g -"
)

once() { # file command...: the command writes the file
  [ -e "$1" ] || { echo "$1" >&2 && "${@:2}"; }
}
report() { # file command...: the command prints what comes into the file
  [ -e "$1" ] || { echo "$1" >&2 && "${@:2}" >"$1.tmp" && mv "$1.tmp" "$1"; }
}
render() { # folder edit count
  rm -rf "$1.tmp"
  python3 examples/training/render_pairs.py cars "$2" "$1.tmp" --count "$3" && mv "$1.tmp" "$1"
}

mkdir -p "$out/paints" "$out/boundaries"
if [ ! -d "$out/photos" ]; then # all for the probe; the boundaries take some of the first thousand
  mkdir -p "$out/photos.tmp"
  for shard in "$data"/train/*.tar; do tar -xf "$shard" -C "$out/photos.tmp" --wildcards '*.jpg'; done
  awk -F, -v OFS=, 'NR > 1 { $1 = sprintf("%06d", $1) } 1' "$data/train/attributes.csv" >"$out/photos.tmp/attributes.csv"
  mv "$out/photos.tmp" "$out/photos"
fi
once "$out/cars.probe" "$semblance" evaluate attributes "$out/photos" --model cars --identity az,el,dist,H,W,wb \
  -o "$out/cars.probe"
python3 - "$out" <<'END' # links to the 150 photos with most and with least; of each paint, and every seventh of the others
import csv, os, sys
out = sys.argv[1]
rows = list(csv.DictReader(open(out + "/photos/attributes.csv")))[:1000]
sets = {}
for edit, column in ("wheel_enlarge", "R"), ("headlight_enlarge", "area_headlight"), ("plate_remove", "area_licence_plate"), ("ride_height", "ride"):
    ordered = sorted(rows, key=lambda r: float(r[column]))
    with_it, without = ordered[-150:], ordered[:150]
    sets[edit] = (without, with_it) if edit == "plate_remove" else (with_it, without)
for paint in {r["paint"] for r in rows}:
    sets["paint-" + paint] = [r for r in rows if r["paint"] == paint], [r for r in rows if r["paint"] != paint][::7]
for name, sides in sets.items():
    for side, chosen in zip(("positive", "negative"), sides):
        folder = "%s/sets/%s/%s" % (out, name, side)
        os.makedirs(folder, exist_ok=True)
        for r in chosen:
            link = "%s/%s.jpg" % (folder, r["index"])
            if not os.path.lexists(link):
                os.symlink("%s/photos/%s.jpg" % (out, r["index"]), link)
END

boundary() { # set classes
  once "$out/boundaries/$1.safetensors" "$semblance" vector learn --model cars --embed-steps 30 --classes "$2" \
    --positive "$out/sets/$1/positive" --negative "$out/sets/$1/negative" -o "$out/boundaries/$1.safetensors"
}
for edit in "${edits[@]}"; do
  read -r name classes attribute masks <<<"$edit"
  pairs=$out/pairs-$name
  count=86
  [ $name != paint_colour ] || count=344
  once "$pairs" render "$pairs" $name $count
  from_pairs=("$semblance" vector learn --model cars --before "$pairs/before" --after "$pairs/after" --embed-steps 30
    --classes $classes)
  options=(--probe "$out/cars.probe" --attribute $attribute --embed-steps 30 --whole --refine 0,30)
  if [ $name = paint_colour ]; then
    once "$out/paints/paint-red.safetensors" "${from_pairs[@]}" --strengths "$pairs/strengths.csv" -o "$out/paints"
    for set in "$out"/sets/paint-*; do boundary "$(basename "$set")" $classes; done
    for folder in paints boundaries; do
      options+=(--vector "$out/$folder/paint-{after}.safetensors:1+$out/$folder/paint-{before}.safetensors:-1")
    done
    options+=(--classes $classes)
  else
    once "$out/$name.safetensors" "${from_pairs[@]}" -o "$out/$name.safetensors"
    boundary $name $classes
    options+=(--vector "$out/$name.safetensors")
    [ $masks = - ] || options+=(--vector $masks)
    [ $name != ride_height ] || options+=(--rising)
    options+=(--vector "$out/boundaries/$name.safetensors")
    [ $masks = - ] || report "$out/transfer-$name.json" "$semblance" evaluate transfer $masks "$data/pairs/$name" --json
  fi
  once "$out/$name.md" "$semblance" evaluate pairs "$data/pairs/$name" --model cars "${options[@]}" --markdown "$out/$name.md"
done
report "$out/embedding.json" "$semblance" evaluate embedding "$data/test" --model cars --json
