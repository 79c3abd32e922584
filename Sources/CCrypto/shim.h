// SPDX-License-Identifier: Apache-2.0
#ifndef POSTERN_CCRYPTO_SHIM_H
#define POSTERN_CCRYPTO_SHIM_H

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>

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

// OSSL_PARAM wants a mutable string and an array that ends with a sentinel.
static inline int postern_mac_use_sha256(EVP_MAC_CTX *context) {
  char digest[] = "SHA256";
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(context, params);
}

#endif
