// SPDX-License-Identifier: Apache-2.0
//
// The upper bound of the scrape benchmark: one epoll loop with one fixed response. `bare-server FILE [gzip]` prints its port
// and sends the bytes of FILE for every request, with keep-alive. It parses only the end of a request.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

struct client {
    int fd;
    size_t sent;      // Bytes sent of the current response.
    unsigned pending; // Responses to send, the current one included.
    unsigned ending;  // Bytes of CR LF CR LF that have been read.
    int waits;        // Whether EPOLLOUT is registered.
};

static char *response;
static size_t head_length, length;
static int loop;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void drop(struct client *client) {
    close(client->fd);
    free(client);
}

// Returns 0 if the client has disconnected.
static int respond(struct client *client) {
    while (client->pending > 0) {
        ssize_t count = send(client->fd, response + client->sent, length - client->sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) break;
        if (count < 0) return 0;
        client->sent += (size_t)count;
        if (client->sent < length) continue;
        client->sent = 0;
        client->pending--;
    }
    int waits = client->pending > 0;
    if (waits != client->waits) {
        struct epoll_event event = {.events = EPOLLIN | (waits ? EPOLLOUT : 0), .data.ptr = client};
        if (epoll_ctl(loop, EPOLL_CTL_MOD, client->fd, &event) < 0) die("epoll_ctl");
        client->waits = waits;
    }
    return 1;
}

static int receive(struct client *client) {
    char buffer[65536];
    ssize_t count = recv(client->fd, buffer, sizeof buffer, 0);
    if (count < 0) return errno == EAGAIN;
    if (count == 0) return 0;
    for (ssize_t i = 0; i < count; i++) {
        if (buffer[i] == (client->ending % 2 == 0 ? '\r' : '\n')) {
            if (++client->ending == 4) {
                client->ending = 0;
                client->pending++;
            }
        } else {
            client->ending = buffer[i] == '\r';
        }
    }
    return respond(client);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: %s FILE [gzip]\n", argv[0]);
        return 2;
    }
    FILE *file = fopen(argv[1], "rb");
    if (!file || fseek(file, 0, SEEK_END) < 0) die(argv[1]);
    size_t body = (size_t)ftell(file);
    rewind(file);
    response = malloc(body + 512);
    if (!response) die("malloc");
    head_length = (size_t)snprintf(
        response, 512, "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n%sContent-Length: %zu\r\n\r\n",
        argc > 2 ? "Content-Encoding: gzip\r\n" : "", body);
    if (fread(response + head_length, 1, body, file) != body) die(argv[1]);
    fclose(file);
    length = head_length + body;

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 128) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) < 0)
        die("listen");
    printf("%u\n", ntohs(address.sin_port));
    fflush(stdout);
    loop = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (loop < 0 || epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event) < 0) die("epoll");

    for (;;) {
        struct epoll_event ready[64];
        int count = epoll_wait(loop, ready, 64, -1);
        if (count < 0 && errno != EINTR) die("epoll_wait");
        for (int i = 0; i < count; i++) {
            struct client *client = ready[i].data.ptr;
            if (!client) {
                int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (fd < 0) continue;
                int on = 1;
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                client = calloc(1, sizeof *client);
                if (!client) die("calloc");
                client->fd = fd;
                event = (struct epoll_event){.events = EPOLLIN, .data.ptr = client};
                if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
                continue;
            }
            int lives = !(ready[i].events & (EPOLLERR | EPOLLHUP));
            if (lives && (ready[i].events & EPOLLOUT)) lives = respond(client);
            if (lives && (ready[i].events & EPOLLIN)) lives = receive(client);
            if (!lives) drop(client);
        }
    }
}
