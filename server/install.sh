# Sourced by server/start and tests/run: installs what is missing, says what it does, and does nothing twice.
# Needs $top, the repository's folder. shellcheck shell=bash

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "this needs root: run it as root or install sudo: $*"; fi
}

# install_packages FILE…: the Debian packages named in the files, those that are missing.
install_packages() {
  local wanted missing=() name
  wanted=$(sed -e 's/#.*//' "$@" | awk 'NF')
  for name in $wanted; do
    dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
  done
  # A Node of at least 18 that is already there, from wherever, is good enough.
  if command -v node >/dev/null && command -v npm >/dev/null &&
    [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ]; then
    local kept=()
    for name in "${missing[@]}"; do [ "$name" = nodejs ] || [ "$name" = npm ] || kept+=("$name"); done
    missing=("${kept[@]}")
  fi
  [ ${#missing[@]} = 0 ] && return 0
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}

# install_npm DIR: the packages of DIR/package-lock.json, when they changed since the last time.
install_npm() {
  local stamp="$1/node_modules/.installed" lock
  lock=$(sha256sum "$1/package-lock.json" | cut -d' ' -f1)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$lock" ] && return 0
  say "installing npm packages in ${1#"$top"/}"
  (cd "$1" && npm ci --no-audit --no-fund --loglevel=error) >&2
  echo "$lock" >"$stamp"
}

# build_web: web/dist, when a source is newer than it.
build_web() {
  local web="$top/web"
  install_npm "$web"
  if [ -f "$web/dist/index.html" ] &&
    [ -z "$(find "$web" -newer "$web/dist/index.html" -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -print -quit)" ]; then
    return 0
  fi
  say "building the web application"
  (cd "$web" && npm run --silent build) >&2
}

# configure_c DIR [MESON ARGUMENT…]: once.
configure_c() {
  local dir=$1; shift
  [ ! -f "$dir/build.ninja" ] || return 0
  say "configuring ${dir#"$top"/}"
  (cd "$top" && meson setup "$dir" "$@") >"${dir%/}.log" 2>&1 || { cat "${dir%/}.log" >&2; fail "meson setup failed"; }
}

# compile_c DIR [FILE…]: what these files of the build need; without any, all of it.
compile_c() {
  local dir=$1; shift
  say "compiling ${dir#"$top"/}"
  ninja -C "$dir" "$@" >"${dir%/}.log" 2>&1 || { tail -n 60 "${dir%/}.log" >&2; fail "the build failed"; }
}

# build_c DIR [MESON ARGUMENT…]: configures once and compiles.
build_c() {
  configure_c "$@"
  compile_c "$1"
}
