# Sourced by the programs in tests/bars. shellcheck shell=bash
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$top/server/install.sh"

# browser_bar NAME [ARGUMENT…]: builds, and runs tests/e2e/bars/NAME.ts in a network namespace of its own.
browser_bar() {
  local name=$1; shift
  [ -n "${YISHI_BUILD:-}" ] || build_c "$top/build"
  build_web
  install_npm "$top/tests"
  cd "$top/tests"
  exec lib/netns node_modules/.bin/tsx "e2e/bars/$name.ts" "$@"
}
