#!/usr/bin/env bash
# Learns the vectors of edit-vectors/ again that come from the repainted masks in examples/repainted/,
# and draws their sheets. Run it after a model was replaced; for the others see edit-vectors/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."
bash .ci/setup
semblance=.build/release/semblance

learn() { # domain vector classes
  mkdir -p "edit-vectors/$1"
  "$semblance" vector learn "examples/repainted/$1/$2" --model "$1" --classes "$3" \
    -o "edit-vectors/$1/$2.safetensors" \
    --sheet "edit-vectors/$1/$2.jpg" --preview "examples/photos/$1"
}

mouth=upper_lip,lower_lip,mouth_interior,teeth
eyes=left_sclera,right_sclera,left_iris,right_iris,left_lid,right_lid
wheels=tyre_front,tyre_rear,rim_front,rim_rear,wheel_well

learn faces smile "$mouth"
learn faces open-mouth "$mouth"
learn faces close-eyes "$eyes"
learn faces raise-brows left_brow,right_brow
learn faces look-left left_sclera,right_sclera,left_iris,right_iris
learn cars enlarge-wheels "$wheels"
learn cars enlarge-headlights headlight
learn cars remove-plate licence_plate
