# The image of Keyward: one binary and its libraries, no shell, a user without rights.
#
#   docker build -t keyward .
#   docker run --read-only -p 127.0.0.1:8080:8080 -e DATABASE_URL=… -e KEYWARD_INTERNAL_TOKEN=… keyward
#
# See "Packages" in docs/operations.md.

FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked --bin keyward \
    && packaging/image-root target/release/keyward /image

FROM scratch
COPY --from=build /image /
USER 65532:65532
WORKDIR /var/lib/keyward
# In a container, other machines reach both listeners: the internal one needs KEYWARD_INTERNAL_TOKEN.
ENV KEYWARD_PUBLIC_ADDR=0.0.0.0:8080 KEYWARD_INTERNAL_ADDR=0.0.0.0:8081
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/keyward"]
CMD ["serve"]
