# Sourced after server/install.sh: the instrumented builds. By clang, so that its warnings count too. shellcheck shell=bash
build_asan() { CC=clang build_c "$top/build-asan" -Db_sanitize=address,undefined -Db_lundef=false; }
build_tsan() { CC=clang build_c "$top/build-tsan" -Db_sanitize=thread -Db_lundef=false; }
