// SPDX-License-Identifier: Apache-2.0
#ifndef POSTERN_CCRYPTO_KECCAK_H
#define POSTERN_CCRYPTO_KECCAK_H

#include <openssl/crypto.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// SHA-3 as FIPS 202 writes it. libcrypto gives its own out only behind contexts that it allocates; this state is a plain value, as those
// of the older hashes are. Tests hold it against libcrypto's for every length around the block sizes.

enum { POSTERN_KECCAK_ROUNDS = 24 };

struct postern_keccak {
  uint64_t lanes[25];
  uint32_t rate;    // bytes of a block
  uint32_t filled;  // bytes of the block so far, less than the rate
};

static inline uint64_t postern_keccak_turn(uint64_t lane, unsigned by) { return lane << by | lane >> (64 - by); }

// All loops of a round are written out by the compiler, so that places and turns become constants.
#define POSTERN_UNROLL _Pragma("clang loop unroll(full)")

// theta: every lane takes the parity of two columns.
static inline void postern_keccak_theta(uint64_t *a) {
  uint64_t parity[5];
  POSTERN_UNROLL
  for (int x = 0; x < 5; x++) parity[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
  POSTERN_UNROLL
  for (int x = 0; x < 5; x++) {
    uint64_t change = parity[(x + 4) % 5] ^ postern_keccak_turn(parity[(x + 1) % 5], 1);
    POSTERN_UNROLL
    for (int y = 0; y < 25; y += 5) a[x + y] ^= change;
  }
}

// rho and pi: the lanes, turned, walk along one cycle of 24 places.
static inline void postern_keccak_walk(uint64_t *a) {
  static const uint8_t turns[24] = {1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44};
  static const uint8_t places[24] = {10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1};
  uint64_t carried = a[1];
  POSTERN_UNROLL
  for (int i = 0; i < 24; i++) {
    uint64_t next = a[places[i]];
    a[places[i]] = postern_keccak_turn(carried, turns[i]);
    carried = next;
  }
}

static inline void postern_keccak_chi(uint64_t *a) {
  POSTERN_UNROLL
  for (int y = 0; y < 25; y += 5) {
    uint64_t row[5];
    memcpy(row, a + y, sizeof row);
    POSTERN_UNROLL
    for (int x = 0; x < 5; x++) a[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
  }
}

static inline void postern_keccak_permute(uint64_t *a) {
  static const uint64_t constants[POSTERN_KECCAK_ROUNDS] = {
      0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
      0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
      0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
      0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
  for (int round = 0; round < POSTERN_KECCAK_ROUNDS; round++) {
    postern_keccak_theta(a);
    postern_keccak_walk(a);
    postern_keccak_chi(a);
    a[0] ^= constants[round];
  }
}

// Lanes are little-endian.
static inline void postern_keccak_mix(struct postern_keccak *state, uint32_t place, uint8_t byte) {
  state->lanes[place / 8] ^= (uint64_t)byte << 8 * (place % 8);
}

static inline void postern_keccak_begin(struct postern_keccak *state, uint32_t rate) {
  memset(state, 0, sizeof *state);
  state->rate = rate;
}

static inline uint64_t postern_keccak_lane(const uint8_t *bytes) {
  uint64_t lane;
  memcpy(&lane, bytes, sizeof lane);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  lane = __builtin_bswap64(lane);
#endif
  return lane;
}

static inline void postern_keccak_add(struct postern_keccak *state, const uint8_t *bytes, size_t count) {
  while (count > 0) {
    // Whole lanes where they lie so; a block is a whole number of them.
    size_t step = state->filled % 8 == 0 && count >= 8 ? 8 : 1;
    if (step == 8) state->lanes[state->filled / 8] ^= postern_keccak_lane(bytes);
    if (step == 1) postern_keccak_mix(state, state->filled, *bytes);
    state->filled += (uint32_t)step;
    bytes += step;
    count -= step;
    if (state->filled < state->rate) continue;
    postern_keccak_permute(state->lanes);
    state->filled = 0;
  }
}

// The suffix of SHA-3 and the padding of FIPS 202 sections 6.1 and 5.1; `count` bytes, at most a block, are given out.
static inline void postern_keccak_end(struct postern_keccak *state, uint8_t *out, size_t count) {
  postern_keccak_mix(state, state->filled, 0x06);
  postern_keccak_mix(state, state->rate - 1, 0x80);
  postern_keccak_permute(state->lanes);
  for (size_t i = 0; i < count; i++) out[i] = (uint8_t)(state->lanes[i / 8] >> 8 * (i % 8));
}

#endif
