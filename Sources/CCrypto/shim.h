// SPDX-License-Identifier: Apache-2.0
#ifndef POSTERN_CCRYPTO_SHIM_H
#define POSTERN_CCRYPTO_SHIM_H

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "hash.h"

// The constants of sys/mman.h are macros with casts and feature tests: they do not import.

// Zeroed pages of their own, or NULL.
static inline void *postern_secret_map(size_t size) {
  void *region = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return region == MAP_FAILED ? NULL : region;
}

static inline bool postern_secret_lock(void *region, size_t size) { return mlock(region, size) == 0; }

// Keeps the pages out of core dumps.
static inline bool postern_secret_hide(void *region, size_t size) { return madvise(region, size, MADV_DONTDUMP) == 0; }

static inline void postern_secret_unmap(void *region, size_t size) {
  OPENSSL_cleanse(region, size);
  (void)munmap(region, size);
}

// SHA-256 by libcrypto's own block function, without the provider layer around it: a state is a plain value that can be copied, so
// a keyed HMAC starts from two states made once, nothing is allocated, and a packet touches a few cache lines instead of a few
// hundred. OpenSSL 3 marks these calls as deprecated in favour of EVP; they are the same code below.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

enum { POSTERN_SHA256_BLOCK = 64, POSTERN_SHA256_SIZE = 32 };

// The states behind the inner and the outer padded key (RFC 2104).
struct postern_hmac {
  SHA256_CTX inner;
  SHA256_CTX outer;
};

static inline void postern_sha256(const void *first, size_t first_count, const void *second, size_t second_count, uint8_t *out) {
  SHA256_CTX state;
  SHA256_Init(&state);
  if (first_count) SHA256_Update(&state, first, first_count);
  if (second_count) SHA256_Update(&state, second, second_count);
  SHA256_Final(out, &state);
  OPENSSL_cleanse(&state, sizeof state);
}

static inline void postern_hmac_key(struct postern_hmac *hmac, const uint8_t *key, size_t count) {
  uint8_t block[POSTERN_SHA256_BLOCK] = {0};
  if (count > sizeof block) {
    postern_sha256(key, count, NULL, 0, block);
  } else if (count) {
    memcpy(block, key, count);
  }
  for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36;
  SHA256_Init(&hmac->inner);
  SHA256_Update(&hmac->inner, block, sizeof block);
  for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36 ^ 0x5c;
  SHA256_Init(&hmac->outer);
  SHA256_Update(&hmac->outer, block, sizeof block);
  OPENSSL_cleanse(block, sizeof block);
}

static inline void postern_hmac_mac(const struct postern_hmac *hmac, const void *first, size_t first_count, const void *second,
                                    size_t second_count, uint8_t *out) {
  SHA256_CTX state = hmac->inner;
  if (first_count) SHA256_Update(&state, first, first_count);
  if (second_count) SHA256_Update(&state, second, second_count);
  SHA256_Final(out, &state);
  state = hmac->outer;
  SHA256_Update(&state, out, POSTERN_SHA256_SIZE);
  SHA256_Final(out, &state);
  OPENSSL_cleanse(&state, sizeof state);
}

#pragma clang diagnostic pop

#endif
