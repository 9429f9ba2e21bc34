# Sourced by tests/run: the suites. Each counts into passed, failed and failures. shellcheck shell=bash
passed=0 failed=0 failures=

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); failures="$failures
  $1"; }

# begin NAME COMMAND…: one test that is a command, beside what comes after it.
begun=()
begin() {
  local name=$1 log; shift
  log=$(mktemp)
  "$@" >"$log" 2>&1 &
  begun+=("$! $log $name")
}

# end_all: counts each that was begun; its output is shown when it failed.
end_all() {
  local one pid log name
  for one in "${begun[@]}"; do
    read -r pid log name <<<"$one"
    if wait "$pid"; then ok; else bad "$name"; say "$name failed"; tail -n 80 "$log" >&2; fi
    rm -f "$log"
  done
  begun=()
}

# check NAME COMMAND…: one such test alone.
check() {
  begin "$@"
  end_all
}

# meson_tests DIR NAME PROCESSES MESON ARGUMENT…: runs tests, with a log of that name. A time limit is there to find what
# hangs, not what is slow on a busy machine or under a sanitizer: four times what the test says.
meson_tests() {
  local dir=$1 name=$2 processes=$3; shift 3
  rm -f "$dir/meson-logs/$name.json"
  meson test -C "$dir" --no-rebuild --print-errorlogs --num-processes "$processes" --timeout-multiplier 4 --logbase "$name" "$@" >"$dir/$name.log" 2>&1 || {
    grep -vE '^ *[0-9]+/[0-9]+ .* OK ' "$dir/$name.log" | tail -n 120 >&2 || true; }
}

# meson_count DIR NAME: counts each test of such a run.
meson_count() {
  local dir=$1 log="$1/meson-logs/$2.json"
  [ -s "$log" ] || { bad "$dir: no test ran ($2)"; return 0; }
  while IFS=$'\t' read -r name result; do
    case $result in OK | EXPECTEDFAIL) ok ;; SKIP) say "skipped: $name ($dir)" ;; *) bad "$name ($result, $dir)" ;; esac
  done < <(node -e '
    for (const line of require("fs").readFileSync(process.argv[1], "utf8").split("\n").filter(Boolean)) {
      const t = JSON.parse(line); console.log(t.name + "\t" + t.result); }' "$log")
}

# unit_suite DIR [--no-suite SUITE]…: the unit tests. Those that wait for real time most of the while (suite "waits") run
# one after the other beside the rest, which have the processors.
unit_suite() {
  local dir=$1; shift
  meson_tests "$dir" waits 1 --suite waits "$@" &
  meson_tests "$dir" tests 2 --suite unit --no-suite waits "$@"
  wait $!
  meson_count "$dir" waits
  meson_count "$dir" tests
}

fuzz_suite() {
  meson_tests "$1" fuzz 2 --suite fuzz
  meson_count "$1" fuzz
}

suite_unit() {
  build_c "$top/build"
  unit_suite "$top/build"
}

# The same tests under AddressSanitizer and UndefinedBehaviorSanitizer.
suite_sanitize() {
  build_asan
  local -x ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
  unit_suite "$top/build-asan"
  fuzz_suite "$top/build-asan"
}

# ThreadSanitizer without the tests that run GStreamer, libvpx and libopus, which are not instrumented: it sees their
# threads but not their locks; and without those that have one thread (tests/lib/layers). Nothing else is compiled for it.
suite_thread() {
  local -x TSAN_OPTIONS="halt_on_error=1:suppressions=$top/tests/lib/tsan.supp"
  local without=(--no-suite gstreamer --no-suite single) files
  configure_tsan
  files=$("$top/tests/lib/needed" "$top/build-tsan" unit "${without[@]}")
  mapfile -t files <<<"$files"
  compile_c "$top/build-tsan" "${files[@]}"
  unit_suite "$top/build-tsan" "${without[@]}"
}

suite_fuzz() {
  build_c "$top/build"
  fuzz_suite "$top/build"
}

suite_style() {
  check clang-format bash -c "cd '$top' && git ls-files '*.c' '*.h' | xargs -P 2 -n 100 clang-format --dry-run --Werror"
  check "each header compiles alone" bash -c "cd '$top' && git ls-files 'server/*.h' 'recordings/*.h' |
    xargs -P 2 -I '{}' gcc -std=gnu11 -D_GNU_SOURCE -Wall -Werror -fsyntax-only -I. -Iserver \
      \$(pkg-config --cflags glib-2.0 gio-unix-2.0 jansson sqlite3 openssl nice gstreamer-1.0 libwebsockets) -include '{}' -x c /dev/null"
  check "layers point one way" "$top/tests/lib/layers"
}

suite_web() {
  install_npm "$top/web"
  install_npm "$top/tests"
  begin "web: types" npm --prefix "$top/web" run --silent check
  begin "web: build" npm --prefix "$top/web" run --silent build
  end_all
  begin "tests: types" "$top/tests/node_modules/.bin/tsc" --noEmit -p "$top/tests/e2e/tsconfig.json"
  begin "web: units" npm --prefix "$top/web" test --silent
  end_all
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
