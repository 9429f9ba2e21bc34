# Sourced after server/install.sh: the instrumented builds. By clang, so that its warnings count too. Debugging information is
# what a report's lines need; so little of it, and light optimisation, compile and link in three quarters of the time. shellcheck shell=bash
instrumented() {
  local dir=$1 sanitizers=$2
  CC=clang configure_c "$dir" -Db_sanitize="$sanitizers" -Db_lundef=false -Doptimization=1 -Ddebug=false \
    -Dc_args='-gline-tables-only -fno-omit-frame-pointer' -Dc_link_args=-fuse-ld=lld
}
configure_asan() { instrumented "$top/build-asan" address,undefined; }
configure_tsan() { instrumented "$top/build-tsan" thread; }
build_asan() { configure_asan; compile_c "$top/build-asan"; }
build_tsan() { configure_tsan; compile_c "$top/build-tsan"; }
