// MD5 (RFC 1321) and the response of digest authentication with qop=auth (RFC 7616 §3.4.1), for phones that register.
#include "caller.h"

static void block(uint32_t state[4], const uint8_t *data) {
  static const uint8_t turn[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  static uint32_t sine[64];
  if (!sine[0])
    for (int i = 0; i < 64; i++) {
      double value = __builtin_fabs(__builtin_sin(i + 1.0)) * 4294967296.0;
      sine[i] = (uint32_t)value;
    }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3], word[16];
  memcpy(word, data, 64);
  for (int i = 0; i < 64; i++) {
    uint32_t f;
    int g;
    switch (i / 16) {
    case 0: f = (b & c) | (~b & d); g = i; break;
    case 1: f = (d & b) | (~d & c); g = (5 * i + 1) % 16; break;
    case 2: f = b ^ c ^ d; g = (3 * i + 5) % 16; break;
    default: f = c ^ (b | ~d); g = 7 * i % 16;
    }
    uint32_t sum = a + f + sine[i] + word[g];
    int by = turn[i / 16][i % 4];
    a = d; d = c; c = b;
    b += sum << by | sum >> (32 - by);
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
}

static void md5(char out[33], const char *text) {
  uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  size_t length = strlen(text), done = 0;
  for (; length - done >= 64; done += 64) block(state, (const uint8_t *)text + done);
  uint8_t tail[128] = {0};
  size_t rest = length - done, size = rest < 56 ? 64 : 128;
  memcpy(tail, text + done, rest);
  tail[rest] = 0x80;
  uint64_t bits = (uint64_t)length * 8;
  memcpy(tail + size - 8, &bits, 8);
  for (size_t at = 0; at < size; at += 64) block(state, tail + at);
  for (int i = 0; i < 16; i++) sprintf(out + 2 * i, "%02x", state[i / 4] >> (i % 4 * 8) & 0xff);
}

void digest_secret(char out[33], const char *user, const char *realm, const char *password) {
  char text[512];
  snprintf(text, sizeof text, "%s:%s:%s", user, realm, password);
  md5(out, text);
}

void digest_response(
    char out[33], const char *secret, const char *nonce, uint32_t count, const char *method, const char *uri) {
  char text[512], second[33];
  snprintf(text, sizeof text, "%s:%s", method, uri);
  md5(second, text);
  snprintf(text, sizeof text, "%s:%s:%08x:lamplight:auth:%s", secret, nonce, count, second);
  md5(out, text);
}
