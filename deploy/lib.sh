# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Shared by the scripts of this directory: packages, the build, a private corner of the kernel, the lab. Sourced, never run.

# Numbers and messages in one form; Debian keeps nft, ip and sshd out of an ordinary user's PATH.
export LC_ALL=C
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
binaries=$root/.build/release

build_packages=(git binutils libmnl-dev libnftnl-dev libnetfilter-log-dev libnetfilter-queue-dev libssl-dev libtomlplusplus-dev)
lab_packages=(nftables iproute2 openssh-server openssh-client iptables procps)
test_packages=(fwknop-client fwknop-server hping3 iputils-ping knockd nmap oathtool tcpdump tzdata wakeonlan)

# --- words -----------------------------------------------------------------------------------------------------------------------

say() { printf '%s\n' "$*"; }

# die STATUS WORDS...: 69 something is missing, 77 no permission (sysexits.h).
die() {
  local status=$1
  shift
  printf '%s\n' "$*" >&2
  exit "$status"
}

microseconds() { printf '%s' "${EPOCHREALTIME/./}"; }

# since MICROSECONDS: the time that has passed, for people.
since() {
  local spent=$(($(microseconds) - $1))
  if ((spent < 1000000)); then
    printf '%d.%d ms' $((spent / 1000)) $((spent / 100 % 10))
  else
    printf '%d.%02d s' $((spent / 1000000)) $((spent / 10000 % 100))
  fi
}

# quietly LOG COMMAND...: output goes to LOG; on a terminal the latest line shows meanwhile.
quietly() {
  local log=$1 line status=0
  shift
  if [ -t 1 ]; then
    "$@" 2>&1 </dev/null | tee "$log" | while IFS= read -r line; do printf '\r\033[K%.100s' "$line"; done || status=$?
    printf '\r\033[K'
  else
    "$@" >"$log" 2>&1 </dev/null || status=$?
  fi
  return "$status"
}

# --- the way out -----------------------------------------------------------------------------------------------------------------

exit_steps=()

# at_exit COMMAND...: runs on every way out except kill -9, the latest first.
at_exit() { exit_steps+=("$(printf '%q ' "$@")"); }

leave() {
  local status=$? index
  trap - EXIT
  # A second signal must not cut the cleaning short.
  trap '' INT TERM HUP
  set +e
  for ((index = ${#exit_steps[@]} - 1; index >= 0; index--)); do eval "${exit_steps[index]}"; done
  exit "$status"
}
trap leave EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# make_temporary: a directory of this run; sets `temporary`.
make_temporary() {
  temporary=$(mktemp -d "${TMPDIR:-/tmp}/postern.XXXXXXXX")
  at_exit rm -rf "$temporary"
}

# --- packages --------------------------------------------------------------------------------------------------------------------

missing_packages() {
  local package
  for package; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || say "$package"
  done
}

# need_packages PACKAGE...: installs what is missing; where it cannot, says what is missing.
need_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} > 0)) || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    die 69 "missing Debian packages: ${missing[*]} (install them, or run this once with sudo)"
  fi
  install_packages "${missing[@]}"
}

install_packages() {
  local began log
  began=$(microseconds)
  log=$(mktemp)
  say "installing ${*} (services of these packages stay off)"
  forbid_service_starts
  apt_install "$@" >"$log" 2>&1 || { apt-get update -qq >>"$log" 2>&1 && apt_install "$@" >>"$log" 2>&1; } || {
    tail -n 20 "$log" >&2
    rm -f "$log"
    die 69 "apt-get could not install: $*"
  }
  rm -f "$log"
  keep_disabled "$@"
  allow_service_starts
  say "installed ($(since "$began"))"
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# Debian asks this file before it starts a service. One that was there before is put back.
policy=/usr/sbin/policy-rc.d
forbid_service_starts() {
  at_exit allow_service_starts
  if [ -e "$policy" ] && ! grep -q '^# postern: temporary' "$policy"; then mv "$policy" "$policy.before-postern"; fi
  printf '#!/bin/sh\n# postern: temporary, while packages are installed\nexit 101\n' >"$policy"
  chmod 755 "$policy"
}

allow_service_starts() {
  if [ -e "$policy" ] && grep -q '^# postern: temporary' "$policy"; then rm -f "$policy"; fi
  if [ -e "$policy.before-postern" ]; then mv "$policy.before-postern" "$policy"; fi
}

# The package enables its service for the next boot; the lab only wants the program.
keep_disabled() {
  case " $* " in
    *" openssh-server "*) systemctl --quiet disable ssh.service ssh.socket >/dev/null 2>&1 || update-rc.d ssh disable >/dev/null 2>&1 || true ;;
  esac
  local service
  for service in fwknop-server knockd; do
    case " $* " in
      *" $service "*) systemctl --quiet disable "$service.service" >/dev/null 2>&1 || update-rc.d "$service" disable >/dev/null 2>&1 || true ;;
    esac
  done
}

# --- the build -------------------------------------------------------------------------------------------------------------------

# as_owner COMMAND...: under sudo, what is written into the checkout belongs to the checkout's owner.
as_owner() {
  local owner home
  owner=$(stat -c %U "$root")
  if [ "$(id -u)" = 0 ] && [ "$owner" != root ] && home=$(getent passwd "$owner" | cut -d: -f6) && [ -d "$home" ]; then
    runuser -u "$owner" -- env HOME="$home" PATH="$PATH" "$@"
  else
    "$@"
  fi
}

# find_swift: puts the toolchain first in PATH. sudo hides it; the owner's login shell may know it.
find_swift() {
  local found place
  found=$(command -v swiftc || as_owner bash -lc 'command -v swiftc' 2>/dev/null || true)
  for place in /opt/swift/usr/bin /usr/local/swift/usr/bin /usr/share/swift/usr/bin /usr/libexec/swift/bin; do
    if [ -z "$found" ] && [ -x "$place/swiftc" ]; then found=$place/swiftc; fi
  done
  [ -n "$found" ] || die 69 "no Swift toolchain in PATH (6.2 or later is needed): https://www.swift.org/install/linux/"
  # A version manager puts a stand-in into PATH that works for its owner only: ask it for the real place.
  found=$(as_owner "$found" -print-target-info | sed -n 's|.*"runtimeResourcePath": "\(.*\)/lib/swift".*|\1/bin|p')
  [ -x "$found/swift" ] || die 69 "the Swift toolchain does not say where it is"
  export PATH=$found:$PATH
}

# build WORDS ARGUMENTS...: swift build, with the tail of its output where it fails.
build() {
  local words=$1 began log
  shift
  began=$(microseconds)
  log=$temporary/build.log
  say "building $words"
  quietly "$log" as_owner swift build --package-path "$root" --scratch-path "$root/.build" "$@" || {
    grep -E 'error:' "$log" | sort -u | head -n 40 >&2 || tail -n 40 "$log" >&2
    return 1
  }
  say "built ($(since "$began"))"
}

build_release() { build "release" -c release --static-swift-stdlib; }

# --- a private corner of the kernel ----------------------------------------------------------------------------------------------

# What runs under this has mounts and a network of its own (and as an ordinary user a user namespace), which vanish with it.
unshare_command=(unshare --mount --net)
[ "$(id -u)" = 0 ] || unshare_command+=(--user --map-root-user)

# Same process id before and after: an inherited variable cannot pretend.
is_private() { [ "${POSTERN_PRIVATE-}" = $$ ]; }

# enter_private ARGUMENTS...: runs the script again, privately. Nothing may wait for at_exit any more.
enter_private() {
  leave_nothing
  POSTERN_PRIVATE=$$ exec "${unshare_command[@]}" -- "$0" "$@"
}

leave_nothing() {
  local index
  for ((index = ${#exit_steps[@]} - 1; index >= 0; index--)); do eval "${exit_steps[index]}"; done
  exit_steps=()
}

# furnish_private: an empty /run, so that names of namespaces and sshd's directory are ours alone, and files vanish with us.
furnish_private() {
  mount --no-mtab -t tmpfs -o mode=755 postern /run
  mkdir -p /run/netns /run/sshd /run/lock
  ip link set lo up
}

# privately COMMAND...: COMMAND in a furnished private corner.
privately() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  "${unshare_command[@]}" -- bash -c 'set -euo pipefail; . "$0"; furnish_private; "$@"' "$root/deploy/lib.sh" "$@"
}

# --- the lab ---------------------------------------------------------------------------------------------------------------------

# lab_up [N]: a gateway and a client joined by a veth pair. The gateway is 10.77.0.1 and fd77::1, the client .2 and ::2, and with N
# further addresses .3 and ::3 and so on. Sets `gateway`, `client` and the command prefixes `at_gateway` and `at_client`.
lab_up() {
  local further=${1:-0}
  gateway=postern-gw-$$
  client=postern-client-$$
  # setpriv: what was started here ends with this shell even when it is killed.
  at_gateway=(nsenter "--net=/run/netns/$gateway" -- setpriv --pdeathsig TERM --)
  at_client=(nsenter "--net=/run/netns/$client" -- setpriv --pdeathsig TERM --)
  at_exit lab_down
  ip netns add "$gateway"
  ip netns add "$client"
  ip -n "$gateway" link add gate0 type veth peer name client0 netns "$client"
  lab_addresses "$gateway" gate0 1 1
  lab_addresses "$client" client0 2 $((2 + further))
}

lab_addresses() {
  local namespace=$1 interface=$2 first=$3 last=$4 number
  for ((number = first; number <= last; number++)); do
    ip -n "$namespace" address add "10.77.0.$number/24" dev "$interface"
    # nodad: usable at once.
    ip -n "$namespace" address add "fd77::$(printf %x "$number")/64" dev "$interface" nodad
  done
  ip -n "$namespace" link set lo up
  ip -n "$namespace" link set "$interface" up
}

started=()

# start LOG COMMAND...: in the background until the lab goes down; sets `latest` to its process id. COMMAND is no shell function.
start() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 </dev/null &
  latest=$!
  started+=("$latest")
}

# end_started: all at once, and then one after another.
end_started() {
  local pid
  for pid in "${started[@]}"; do kill -TERM "$pid" 2>/dev/null; done
  for pid in "${started[@]}"; do end "$pid"; done
  started=()
}

lab_down() {
  end_started
  ip netns delete "$client" 2>/dev/null
  ip netns delete "$gateway" 2>/dev/null
  return 0
}

# end PID: two seconds to go by itself, then by force.
end() {
  local tries
  for ((tries = 0; tries < 40; tries++)); do
    kill -0 "$1" 2>/dev/null || break
    sleep 0.05
  done
  kill -KILL "$1" 2>/dev/null
  wait "$1" 2>/dev/null
}

# waits_for SECONDS COMMAND...: tries until COMMAND succeeds.
waits_for() {
  local until=$(($(microseconds) + $1 * 1000000))
  shift
  until "$@"; do
    (($(microseconds) < until)) || return 1
    sleep 0.01
  done
}

# resident PID: KiB.
resident() { awk '$1 == "VmRSS:" { print $2 }' "/proc/$1/status"; }

# children PID: the process ids of its children.
children() {
  local status
  for status in /proc/[0-9]*/status; do
    if [ "$(awk '$1 == "PPid:" { print $2 }' "$status" 2>/dev/null)" = "$1" ]; then
      status=${status#/proc/}
      say "${status%/status}"
    fi
  done
}
