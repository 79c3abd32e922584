# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The hosts of deploy/bench and what they are given. Sourced, never run.

# --- hosts -----------------------------------------------------------------------------------------------------------------------

# Each gatekeeper has a host of its own, beside one client: 10.77.0.1 Postern, .78. the C reference, .79. fwknopd, .80. knockd.
# add_host NAME NUMBER SOURCES: the client has so many addresses more on the link.
add_host() {
  local name=$1 number=$2 source
  ip netns add "$name"
  ip -n "$name" link add up0 type veth peer name "to$number" netns "$client"
  ip -n "$name" address add "10.$number.0.1/16" dev up0
  ip -n "$client" address add "10.$number.0.2/16" dev "to$number"
  ip -n "$name" link set lo up
  ip -n "$name" link set up0 up
  ip -n "$client" link set "to$number" up
  for ((source = 0; source < $3; source++)); do say "address add $(further_address "$number" "$source")/16 dev to$number"; done \
    | ip -n "$client" -batch -
  ip -n "$client" neighbour add "10.$number.0.1" dev "to$number" lladdr "$(ip -n "$name" -br link show up0 | awk '{ print $3 }')"
}

# further_address NUMBER INDEX: one of the client's on that link.
further_address() { say "10.$1.$((3 + $2 / 256)).$(($2 % 256))"; }

# hosts_up SOURCES
hosts_up() {
  client=postern-client-$$
  gateway=postern-gw-$$
  reference=postern-reference-$$
  fwknopd=postern-fwknopd-$$
  knockd=postern-knockd-$$
  at_exit hosts_down
  ip netns add "$client"
  ip -n "$client" link set lo up
  add_host "$gateway" 77 "$1"
  add_host "$reference" 78 "$1"
  add_host "$fwknopd" 79 "$1"
  add_host "$knockd" 80 "$1"
}

hosts_down() {
  local host
  end_started
  for host in "$client" "$gateway" "$reference" "$fwknopd" "$knockd"; do ip netns delete "$host" 2>/dev/null; done
  return 0
}

# inside HOST COMMAND...
inside() {
  local host=$1
  shift
  nsenter "--net=/run/netns/$host" -- "$@"
}

# start_inside LOG HOST COMMAND...: as start does; what was started ends with this shell even when it is killed.
start_inside() {
  local log=$1 host=$2
  shift 2
  start "$log" nsenter "--net=/run/netns/$host" -- setpriv --pdeathsig TERM -- "$@"
}

# --- Postern ---------------------------------------------------------------------------------------------------------------------

write_secrets() {
  local name
  mkdir -m 700 "$lab/keys"
  gateway_public=$("$binaries/postern" keygen "$lab/keys/gateway.key")
  client_public=$("$binaries/postern" keygen "$lab/keys/fast.key")
  other_public=$("$binaries/postern" keygen "$lab/keys/other.key")
  for name in admission fast.psk syn ports rolling sadoor screen; do "$binaries/postern" keygen --secret "$lab/keys/$name.key"; done
  mv "$lab/keys/fast.psk.key" "$lab/keys/fast.psk"
  for name in doorman tumbler; do (umask 077; printf '%s\n' "secret of $name" >"$lab/keys/$name.text"); done
  (umask 077; printf 'AAAAAAAAAAAAAAAA' >"$lab/keys/fwknop.text"; printf '%s' BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB >"$lab/keys/fwknop.code")
}

sadoor_script='keypkt { ip { daddr = any; udp { dport = 2053; } } } cmdpkt { ip { daddr = any; udp { dport = 2054; } } }'

# write_gateway DIRECTORY USERS: what every configuration here has: one user who knocks beside floods, and so many others, each with a device
# that nobody has.
write_gateway() {
  local directory=$1 users=$2 first count
  mkdir -m 700 "$directory" "$directory/state" "$directory/conf.d"
  cat >"$directory/postern.toml" <<CONFIGURATION
version = 1
[gateway]
key = "$lab/keys/gateway.key"
admission = "$lab/keys/admission.key"
clock = "trusted"
[state]
directory = "$directory/state"
[audit]
file = "$directory/audit.jsonl"
journal = false
[control]
socket = "$directory/control"
[users.other]
doors = ["ssh"]
key-burst = 1000
[users.other.keys.spa]
public = "$other_public"
psk = "$lab/keys/fast.psk"
CONFIGURATION
  # No file is larger than a mebibyte.
  for ((first = 0; first < users; first += 2000)); do
    count=$((users - first < 2000 ? users - first : 2000))
    "$binaries/postern-bench" users "$count" --first "$first" --psk "$lab/keys/fast.psk" >"$directory/conf.d/$first.toml"
  done
}

# write_ordinary DIRECTORY USERS: with the limits that everybody has.
write_ordinary() {
  write_gateway "$@"
  printf '%s\n' '[doors.ssh]' 'ports = ["tcp/22"]' >>"$1/postern.toml"
}

# write_fast DIRECTORY LINE...: a user who knocks faster than anybody does, at a door that has these lines, too.
write_fast() {
  local directory=$1
  shift
  cat >>"$directory/postern.toml" <<CONFIGURATION
[limits]
grants-per-minute = 1000000
curve-budget = 1000000
[doors.ssh]
ports = ["tcp/22"]
lease = "10m"
packet-source = true
leases = 200000
leases-per-user = 200000
$(printf '%s\n' "$@")
[users.fast]
doors = ["ssh"]
packet-source = true
key-burst = 60000
key-refill = "1ms"
[users.fast.keys.spa]
public = "$client_public"
psk = "$lab/keys/fast.psk"
CONFIGURATION
}

# write_configuration DIRECTORY USERS: the fast user knocks in every way.
write_configuration() {
  write_gateway "$@"
  write_fast "$1" 'weakest = "plain"' 'allow-weak = "an observer can repeat these knocks"' 'hold = "300ms"'
  cat >>"$1/postern.toml" <<CONFIGURATION
[users.fast.keys.fwknop]
protocol = "fwknop"
key = "$lab/keys/fwknop.text"
hmac = "$lab/keys/fwknop.code"
[users.fast.keys.knockd]
protocol = "knockd"
sequence = ["tcp/7000", "udp/8000", "tcp/9000"]
[users.fast.keys.cd00r]
protocol = "cd00r"
sequence = ["tcp/200", "tcp/80", "tcp/53", "tcp/3"]
[users.fast.keys.header]
protocol = "header"
sequence = 17
opens = "strip10"
[users.fast.keys.doorman]
protocol = "doorman"
group = "fast"
secret = "$lab/keys/doorman.text"
ports = [22]
[users.fast.keys.tumbler]
protocol = "tumbler"
secret = "$lab/keys/tumbler.text"
[users.fast.keys.syn]
protocol = "syn"
secret = "$lab/keys/syn.key"
[users.fast.keys.ports]
protocol = "ports"
secret = "$lab/keys/ports.key"
[users.fast.keys.rolling]
protocol = "rolling"
secret = "$lab/keys/rolling.key"
[users.fast.keys.sadoor]
protocol = "sadoor"
secret = "$lab/keys/sadoor.key"
packets = """
$sadoor_script
"""
[users.fast.keys.pasmal]
protocol = "pasmal"
opener = ["tcp/7000", "udp/7001"]
screen = "$lab/keys/screen.key"
CONFIGURATION
}

# write_gates DIRECTORY GATES: what several gates can share.
write_gates() {
  write_gateway "$1" 1
  printf '%s\n' '[capture]' 'groups = [5, 6]' "gates = $2" >>"$1/postern.toml"
  write_fast "$1"
}

protocols=(spa fwknop knockd cd00r header doorman tumbler syn ports rolling sadoor pasmal)

write_profiles() {
  local name
  mkdir -m 700 "$lab/profiles"
  cat >"$lab/profiles/spa" <<PROFILE
gateway = 10.77.0.1
gateway-key = $gateway_public
admission = file:$lab/keys/admission.key
private-key = file:$lab/keys/fast.key
psk = file:$lab/keys/fast.psk
door = ssh
PROFILE
  sed 's/fast\.key/other.key/' "$lab/profiles/spa" >"$lab/profiles/other"
  profile fwknop "access = tcp/22" "key = file:$lab/keys/fwknop.text" "hmac-key = file:$lab/keys/fwknop.code"
  profile knockd "sequence = 7000 8000:udp 9000"
  profile cd00r "ports = 200 80 53 3"
  profile header "sequence = 17" "opens = strip10" "service = 22"
  profile doorman "group = fast" "secret = file:$lab/keys/doorman.text" "service = 22"
  profile tumbler "secret = file:$lab/keys/tumbler.text"
  profile syn "secret = file:$lab/keys/syn.key" "port = 22"
  profile ports "secret = file:$lab/keys/ports.key"
  profile rolling "secret = file:$lab/keys/rolling.key"
  profile sadoor "secret = file:$lab/keys/sadoor.key" "packets = file:$lab/sadoor.script"
  profile pasmal "opener = tcp/7000,udp/7001" "screen = file:$lab/keys/screen.key"
  printf '%s\n' "$sadoor_script" >"$lab/sadoor.script"
  peer_profile fwknop 79
  peer_profile knockd 80
}

# profile PROTOCOL LINE...
profile() {
  local name=$1
  shift
  printf '%s\n' "protocol = $name" "gateway = 10.77.0.1" "$@" >"$lab/profiles/$name"
}

# Again while no daemon runs that has leases.
load_rules() {
  inside "$gateway" nft -f "$root/nft/postern.nft"
  # More elements find room than the shipped set has.
  inside "$gateway" nft -f - <<RULES
table inet postern {
  chain closed {
    type filter hook prerouting priority raw + 10; policy accept;
  }
}
flush chain inet postern closed
flush chain inet postern guard
delete set inet postern door4
table inet postern {
  set door4 {
    type ipv4_addr . inet_proto . inet_service
    flags timeout
    size 2000000
  }
  chain knock {
    tcp dport 1022 log prefix "header" group 5 snaplen 512 drop
  }
  # What knocked at a closed port is answered by nobody.
  chain closed {
    iifname up0 tcp dport != 22 drop
    iifname up0 meta l4proto { udp, icmp } drop
  }
  chain guard {
    ct state established accept
    ip saddr . meta l4proto . th dport @door4 accept
    meta l4proto . th dport @guarded drop
  }
}
RULES
  load_knock_rules
}

load_reference_rules() {
  inside "$reference" nft -f - <<RULES
table inet reference {
  set door4 {
    type ipv4_addr . inet_proto . inet_service
    flags timeout
    size 2000000
  }
  chain knock {
    type filter hook prerouting priority raw; policy accept;
    udp dport 62201 log prefix "reference" group 5 snaplen 512 drop
    udp dport 62200 log prefix "reference" group 6 snaplen 512 drop
  }
}
RULES
}

# What logs knocks beside postern.nft: a chain for each file.
knock_chains=(sequences doorman tumbler syn port_sequences pasmal fwknop flood)

# Again at any time.
load_knock_rules() {
  local file
  for file in "$root"/nft/examples/{sequences,doorman,tumbler,syn,port-sequences,pasmal,fwknop}.nft; do inside "$gateway" nft -f "$file"; done
  # Junk of any length shall reach the gate, on as short a way to the log as at the C reference's host.
  inside "$gateway" nft -f - <<RULES
delete chain inet postern fwknop
table inet postern {
  chain flood {
    type filter hook prerouting priority raw - 50; policy accept;
  }
}
flush chain inet postern flood
table inet postern {
  chain flood {
    udp dport 62200 log prefix "spa" group 5 snaplen 512 drop
  }
  chain fwknop {
    type filter hook prerouting priority raw - 1; policy accept;
    udp dport 62201 udp length 148-1507 udp length != 192 log prefix "fwknop" group 5 snaplen 2048 drop
  }
}
RULES
}

# serve PROTOCOL: the rules of a host that serves one protocol beside spa.
serve() {
  local chain
  load_knock_rules
  for chain in "${knock_chains[@]}"; do [ "$chain" = "$(chain_of "$1")" ] || say "delete chain inet postern $chain"; done \
    | inside "$gateway" nft -f -
}

chain_of() {
  case $1 in
    knockd | cd00r) say sequences ;;
    ports | rolling | sadoor) say port_sequences ;;
    *) say "$1" ;;
  esac
}

# needs SECONDS COMMAND...: as waits_for, or the end.
needs() {
  waits_for "$@" || {
    tail -n 5 "$lab"/*/log >&2
    die 1 "waited in vain: $*"
  }
}

# start_postern DIRECTORY: sets `posternd`.
start_postern() {
  rm -f "$1/state/"*
  start_inside "$1/log" "$gateway" "$binaries/posternd" --new-gateway -c "$1/postern.toml"
  posternd=$latest
  # Reading a million elements takes the kernel minutes.
  needs 600 grep -q '^posternd: ready' "$1/log"
}

end_now() {
  kill -TERM "$1" 2>/dev/null || true
  end "$1" || true
}

# start_reference THRESHOLD: sets `granting`.
start_reference() {
  : >"$lab/reference.log"
  start_inside "$lab/reference.log" "$reference" "$lab/reference" grant 5 "$1"
  granting=$latest
  needs 5 grep -q ready "$lab/reference.log"
}

# --- fwknopd and knockd ----------------------------------------------------------------------------------------------------------

# Both add a rule of iptables for each grant.
peer_rules() {
  inside "$1" iptables -P INPUT DROP
  inside "$1" iptables -A INPUT -i lo -j ACCEPT
  inside "$1" iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
}

write_fwknopd() {
  mkdir -m 700 "$lab/fwknopd" "$lab/fwknopd/run"
  (
    umask 077
    printf '%s\n' "SOURCE ANY" "OPEN_PORTS tcp/22" "KEY $(cat "$lab/keys/fwknop.text")" "HMAC_KEY $(cat "$lab/keys/fwknop.code")" \
      "FW_ACCESS_TIMEOUT 60" >"$lab/fwknopd/access.conf"
    printf '%s;\n' "PCAP_INTF up0" "ENABLE_PCAP_PROMISC N" "FWKNOP_RUN_DIR $lab/fwknopd/run" "DIGEST_FILE $lab/fwknopd/run/digest" \
      "FWKNOP_PID_FILE $lab/fwknopd/run/pid" >"$lab/fwknopd/fwknopd.conf"
  )
}

write_knockd() {
  mkdir -m 700 "$lab/knockd"
  cat >"$lab/knockd/knockd.conf" <<KNOCKD
[options]
  logfile = $lab/knockd/log
  interface = up0
[open]
  sequence = 7000,8000:udp,9000
  seq_timeout = 5
  command = iptables -w -I INPUT 1 -s %IP% -p tcp --dport 22 -j ACCEPT
  tcpflags = syn
KNOCKD
}

start_peers() {
  peer_rules "$fwknopd"
  peer_rules "$knockd"
  start_inside "$lab/fwknopd/log" "$fwknopd" fwknopd -f -c "$lab/fwknopd/fwknopd.conf" -a "$lab/fwknopd/access.conf"
  start_inside "$lab/knockd/out" "$knockd" knockd -c "$lab/knockd/knockd.conf" -i up0
  needs 10 has_chain "$fwknopd" FWKNOP_INPUT
}

has_chain() { inside "$1" iptables -w -S "$2" >/dev/null 2>&1; }

# peer_profile NAME NUMBER: the profile of a protocol, for another gateway.
peer_profile() { sed "s/10\.77\./10.$2./" "$lab/profiles/$1" >"$lab/profiles/$1-peer"; }
