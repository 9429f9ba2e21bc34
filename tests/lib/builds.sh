# Sourced after server/install.sh: the instrumented builds. By clang, so that its warnings count too. Debugging information is
# what a report's lines need; so little of it, and light optimisation, compile and link in three quarters of the time. shellcheck shell=bash
instrumented() {
  local dir=$1 sanitizers=$2
  CC=clang build_c "$dir" -Db_sanitize="$sanitizers" -Db_lundef=false -Doptimization=1 -Ddebug=false \
    -Dc_args='-gline-tables-only -fno-omit-frame-pointer' -Dc_link_args=-fuse-ld=lld
}
build_asan() { instrumented "$top/build-asan" address,undefined; }
build_tsan() { instrumented "$top/build-tsan" thread; }
