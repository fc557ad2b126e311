// oRTP: RTP and RTCP sessions over sockets that Media owns. Macros and globals that Swift cannot use are wrapped.
#pragma once
#include <sys/epoll.h>
#include <sys/socket.h>
#include <ortp/ortp.h>

// A constant in fact, though not in type: nothing writes to it after ortp_init().
static inline PayloadType *ortp_payload_pcmu(void) { return &payload_type_pcmu8000; }
static inline void ortp_set_marker(mblk_t *message) { rtp_set_markbit(message, 1); }

// Exported by the library, but in none of its headers: takes a packet into the statistics that reports are made of, and
// puts it into the queue of the session.
void rtp_session_rtp_parse(
    RtpSession *session, mblk_t *packet, uint32_t now, struct sockaddr *source, socklen_t source_length);

// Accounts for a packet whose payload is read elsewhere. That way it is not asked of both transports again and again, as
// rtp_session_recvm_with_ts() does; and the beginning of a packet says all that is to be known of it.
static inline void ortp_account_for(RtpSession *session, const uint8_t *packet, size_t size, uint32_t now) {
    mblk_t *message = rtp_session_create_packet_raw(packet, size < 96 ? size : 96);
    if (message == NULL) return;
    rtp_session_rtp_parse(session, message, now, NULL, 0);
    while ((message = getq(&session->rtp.rq)) != NULL) freemsg(message);
}

// recvmmsg(2), which the C library shows only with _GNU_SOURCE: a struct of the same layout as its mmsghdr.
struct received_datagram {
    struct msghdr header;
    unsigned int length;
};
struct timespec;
int receive_datagrams(int socket, struct received_datagram *datagrams, unsigned int count, int flags, struct timespec *timeout)
    __asm__("recvmmsg");

// pthread_setname_np(3), likewise.
int name_thread(pthread_t thread, const char *name) __asm__("pthread_setname_np");
