# Sourced by tests/run: the suites. Each counts into passed, failed and failures. shellcheck shell=bash
passed=0 failed=0 failures=

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); failures="$failures
  $1"; }

# check NAME COMMAND…: one test that is a command; its output is shown when it fails.
check() {
  local name=$1 log; shift
  log=$(mktemp)
  if "$@" >"$log" 2>&1; then ok; else bad "$name"; say "$name failed"; tail -n 80 "$log" >&2; fi
  rm -f "$log"
}

# meson_suite DIR SUITE… [--no-suite SUITE]…: runs meson's tests, counts each. A time limit is there to find what hangs,
# not what is slow on a busy machine or under a sanitizer: four times what the test says.
meson_suite() {
  local dir=$1 arguments=(); shift
  while [ $# -gt 0 ]; do
    case $1 in --no-suite) arguments+=("$1" "$2"); shift ;; *) arguments+=(--suite "$1") ;; esac
    shift
  done
  meson test -C "$dir" --no-rebuild --print-errorlogs --num-processes 2 --timeout-multiplier 4 "${arguments[@]}" >"$dir/tests.log" 2>&1 || {
    grep -vE '^ *[0-9]+/[0-9]+ .* OK ' "$dir/tests.log" | tail -n 120 >&2; }
  [ -s "$dir/meson-logs/testlog.json" ] || { bad "$dir: no test ran"; return 0; }
  while IFS=$'\t' read -r name result; do
    case $result in OK | EXPECTEDFAIL) ok ;; SKIP) say "skipped: $name ($dir)" ;; *) bad "$name ($result, $dir)" ;; esac
  done < <(node -e '
    for (const line of require("fs").readFileSync(process.argv[1], "utf8").split("\n").filter(Boolean)) {
      const t = JSON.parse(line); console.log(t.name + "\t" + t.result); }' "$dir/meson-logs/testlog.json")
}

suite_unit() {
  build_c "$top/build"
  meson_suite "$top/build" unit
}

# The same tests under AddressSanitizer and UndefinedBehaviorSanitizer.
suite_sanitize() {
  build_asan
  ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 meson_suite "$top/build-asan" unit fuzz
}

# ThreadSanitizer without the tests that run GStreamer, libvpx and libopus, which are not instrumented: it sees their
# threads but not their locks; and without those that have one thread (tests/lib/layers).
suite_thread() {
  build_tsan
  TSAN_OPTIONS="halt_on_error=1:suppressions=$top/tests/lib/tsan.supp" meson_suite "$top/build-tsan" unit --no-suite gstreamer --no-suite single
}

suite_fuzz() {
  build_c "$top/build"
  meson_suite "$top/build" fuzz
}

suite_style() {
  check clang-format bash -c "cd '$top' && git ls-files '*.c' '*.h' | xargs clang-format --dry-run --Werror"
  check "each header compiles alone" bash -c "cd '$top' && for h in \$(git ls-files 'server/*.h' 'recordings/*.h'); do
    printf '#include \"%s\"\n' \"\$h\" | gcc -std=gnu11 -D_GNU_SOURCE -Wall -Werror -fsyntax-only -I. -Iserver \
      \$(pkg-config --cflags glib-2.0 gio-unix-2.0 jansson sqlite3 openssl nice gstreamer-1.0 libwebsockets) -x c - || { echo \$h; exit 1; }; done"
  check "layers point one way" "$top/tests/lib/layers"
}

suite_web() {
  install_npm "$top/web"
  check "web: types" npm --prefix "$top/web" run --silent check
  check "web: units" npm --prefix "$top/web" test --silent
  check "web: build" npm --prefix "$top/web" run --silent build
}

# browser_suite NAME PROGRAM SECONDS: real browsers against a real server, in a network namespace of their own. A run that
# does not come to its end has failed, whatever it printed before.
browser_suite() {
  local name=$1 program=$2 seconds=$3 log="$top/build/$1.log" code=0
  build_c "$top/build"
  build_web
  install_npm "$top/tests"
  timeout --kill-after=30 "$seconds" "$top/tests/lib/netns" npx --prefix "$top/tests" --no-install tsx "$top/tests/e2e/$program" >"$log" 2>&1 || code=$?
  cat "$log" >&2
  [ "$code" = 0 ] || bad "$name: ended with $code"
  [ "$(tail -n 1 "$log")" = '# done' ] || bad "$name: did not come to its end"
  while read -r _ word rest; do
    case $word in ok) ok ;; *) bad "$name: ${rest#ok }" ;; esac
  done < <(grep -E '^# (ok|not ok) ' "$log")
}

suite_e2e() { browser_suite e2e run.ts 1200; }

# The relay for networks that block the media port.
suite_turn() { browser_suite turn turn.ts 300; }
