#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The rules of iptables-nft that belong to hold-without-queue.nft: marked packets go to the queue in [capture] of postern's
# configuration. Run it again at any time; `hold-without-queue.sh off` takes the rules back.
#
# No --queue-bypass: with it, packets would pass a queue that nobody reads.
set -eu
queue=5
mark=0x08000000/0x08000000

rule() { # PROGRAM ACTION
  "$1" -w -t mangle "$2" INPUT -m mark --mark "$mark" -j NFQUEUE --queue-num "$queue"
}

for program in iptables-nft ip6tables-nft; do
  while rule "$program" -C 2>/dev/null; do rule "$program" -D; done
  [ "${1-}" = off ] || rule "$program" -A
done
