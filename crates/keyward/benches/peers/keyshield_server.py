"""keyshield behind FastAPI and uvicorn, on PostgreSQL.

    python3 keyshield_server.py plain|cached NUMBER

Prints the secrets of NUMBER new keys, then the address. `GET /verify` with the secret in `X-API-Key`
answers what keyshield decides about a call that needs the scope payment:read.
"""

import asyncio
import os
import socket
import sys
import warnings

import aiocache
import uvicorn
from fastapi import Depends, FastAPI
from fastapi.security import APIKeyHeader
from keyshield import ApiKeyService
from keyshield.api import create_depends_api_key
from keyshield.hasher.argon2 import Argon2ApiKeyHasher
from keyshield.repositories.sql import SqlAlchemyApiKeyRepository
from keyshield.services.cached import CachedApiKeyService
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

warnings.filterwarnings("ignore")
KIND, COUNT = sys.argv[1], int(sys.argv[2])
URL = os.environ["DATABASE_URL"].replace("postgres://", "postgresql+asyncpg://", 1)
engine = create_async_engine(URL)
sessions = async_sessionmaker(engine, expire_on_commit=False)
hasher = Argon2ApiKeyHasher(pepper="a-pepper-of-more-than-32-characters")
cache = aiocache.SimpleMemoryCache()


def service(session):
    repository = SqlAlchemyApiKeyRepository(session)
    if KIND == "cached":
        return CachedApiKeyService(repo=repository, hasher=hasher, cache=cache)
    return ApiKeyService(repo=repository, hasher=hasher)


async def service_of_request():
    async with sessions() as session, session.begin():
        yield service(session)


app = FastAPI()
verified = create_depends_api_key(
    service_of_request,
    security=APIKeyHeader(name="X-API-Key", auto_error=False),
    required_scopes=["payment:read"],
)


@app.get("/verify")
async def verify(key=Depends(verified)):
    return {"valid": True, "id": key.id_}


async def main():
    async with sessions() as session, session.begin():
        await SqlAlchemyApiKeyRepository(session).ensure_table(async_engine=engine)
    for _ in range(COUNT):
        async with sessions() as session, session.begin():
            scopes = ["payment:read", "payment:write"]
            _, secret = await service(session).create(name="Production Key", scopes=scopes)
        print(secret)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(f"127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app, log_level="error", access_log=False, loop="uvloop", http="httptools")
    await uvicorn.Server(config).serve(sockets=[listener])


asyncio.run(main())
