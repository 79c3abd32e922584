// SPDX-License-Identifier: Apache-2.0
#ifndef POSTERN_CCRYPTO_HASH_H
#define POSTERN_CCRYPTO_HASH_H

#include <openssl/md5.h>
#include <openssl/sha.h>

#include "keccak.h"

// The hashes that older protocols chose from, each by libcrypto's own block function (see the note on SHA-256 in shim.h).
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

enum postern_hash {
  postern_md5 = 1,
  postern_sha1,
  postern_sha256_hash,
  postern_sha384,
  postern_sha512,
  postern_sha3_256,
  postern_sha3_512,
};

enum { POSTERN_HASH_SIZE_LIMIT = 64, POSTERN_HASH_BLOCK_LIMIT = 136 };

union postern_hash_state {
  MD5_CTX md5;
  SHA_CTX sha1;
  SHA256_CTX sha256;
  SHA512_CTX sha512;
  struct postern_keccak keccak;
};

static inline uint32_t postern_hash_size(enum postern_hash hash) {
  switch (hash) {
    case postern_md5: return 16;
    case postern_sha1: return 20;
    case postern_sha256_hash: return 32;
    case postern_sha384: return 48;
    case postern_sha512: return 64;
    case postern_sha3_256: return 32;
    case postern_sha3_512: return 64;
  }
}

static inline uint32_t postern_hash_block(enum postern_hash hash) {
  switch (hash) {
    case postern_md5: return 64;
    case postern_sha1: return 64;
    case postern_sha256_hash: return 64;
    case postern_sha384: return 128;
    case postern_sha512: return 128;
    case postern_sha3_256: return 136;
    case postern_sha3_512: return 72;
  }
}

static inline void postern_hash_begin(union postern_hash_state *state, enum postern_hash hash) {
  switch (hash) {
    case postern_md5: MD5_Init(&state->md5); break;
    case postern_sha1: SHA1_Init(&state->sha1); break;
    case postern_sha256_hash: SHA256_Init(&state->sha256); break;
    case postern_sha384: SHA384_Init(&state->sha512); break;
    case postern_sha512: SHA512_Init(&state->sha512); break;
    case postern_sha3_256:
    case postern_sha3_512: postern_keccak_begin(&state->keccak, postern_hash_block(hash)); break;
  }
}

static inline void postern_hash_add(union postern_hash_state *state, enum postern_hash hash, const void *bytes, size_t count) {
  if (!count) return;
  switch (hash) {
    case postern_md5: MD5_Update(&state->md5, bytes, count); break;
    case postern_sha1: SHA1_Update(&state->sha1, bytes, count); break;
    case postern_sha256_hash: SHA256_Update(&state->sha256, bytes, count); break;
    case postern_sha384:
    case postern_sha512: SHA512_Update(&state->sha512, bytes, count); break;
    case postern_sha3_256:
    case postern_sha3_512: postern_keccak_add(&state->keccak, (const uint8_t *)bytes, count); break;
  }
}

static inline void postern_hash_end(union postern_hash_state *state, enum postern_hash hash, uint8_t *out) {
  switch (hash) {
    case postern_md5: MD5_Final(out, &state->md5); break;
    case postern_sha1: SHA1_Final(out, &state->sha1); break;
    case postern_sha256_hash: SHA256_Final(out, &state->sha256); break;
    case postern_sha384: SHA384_Final(out, &state->sha512); break;
    case postern_sha512: SHA512_Final(out, &state->sha512); break;
    case postern_sha3_256:
    case postern_sha3_512: postern_keccak_end(&state->keccak, out, postern_hash_size(hash)); break;
  }
}

struct postern_hash_parts {
  const void *first;
  size_t first_count;
  const void *second;
  size_t second_count;
  const void *third;
  size_t third_count;
};

static inline void postern_hash_whole(enum postern_hash hash, struct postern_hash_parts parts, uint8_t *out) {
  union postern_hash_state state;
  postern_hash_begin(&state, hash);
  postern_hash_add(&state, hash, parts.first, parts.first_count);
  postern_hash_add(&state, hash, parts.second, parts.second_count);
  postern_hash_add(&state, hash, parts.third, parts.third_count);
  postern_hash_end(&state, hash, out);
  OPENSSL_cleanse(&state, sizeof state);
}

// The states behind the inner and the outer padded key (RFC 2104): plain values, so a code starts from copies of them.
struct postern_keyed_hash {
  enum postern_hash hash;
  union postern_hash_state inner;
  union postern_hash_state outer;
};

static inline void postern_keyed_hash_key(struct postern_keyed_hash *keyed, enum postern_hash hash, const uint8_t *key, size_t count) {
  uint8_t block[POSTERN_HASH_BLOCK_LIMIT] = {0};
  size_t size = postern_hash_block(hash);
  if (count > size) {
    postern_hash_whole(hash, (struct postern_hash_parts){.first = key, .first_count = count}, block);
  } else if (count) {
    memcpy(block, key, count);
  }
  keyed->hash = hash;
  for (size_t i = 0; i < size; i++) block[i] ^= 0x36;
  postern_hash_begin(&keyed->inner, hash);
  postern_hash_add(&keyed->inner, hash, block, size);
  for (size_t i = 0; i < size; i++) block[i] ^= 0x36 ^ 0x5c;
  postern_hash_begin(&keyed->outer, hash);
  postern_hash_add(&keyed->outer, hash, block, size);
  OPENSSL_cleanse(block, sizeof block);
}

static inline void postern_keyed_hash_mac(const struct postern_keyed_hash *keyed, const void *first, size_t first_count,
                                          const void *second, size_t second_count, uint8_t *out) {
  union postern_hash_state state = keyed->inner;
  postern_hash_add(&state, keyed->hash, first, first_count);
  postern_hash_add(&state, keyed->hash, second, second_count);
  postern_hash_end(&state, keyed->hash, out);
  state = keyed->outer;
  postern_hash_add(&state, keyed->hash, out, postern_hash_size(keyed->hash));
  postern_hash_end(&state, keyed->hash, out);
  OPENSSL_cleanse(&state, sizeof state);
}

#pragma clang diagnostic pop

#endif
