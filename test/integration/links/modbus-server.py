"""A pymodbus server for tests: registers hold address + 1000 * unit (holding) or 30000 + the same (input).
Usage: modbus-server.py rtu PORT | tcp PORT"""
import asyncio
import sys

from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSequentialDataBlock
from pymodbus.server import StartAsyncSerialServer, StartAsyncTcpServer
from pymodbus.transaction import ModbusRtuFramer


def unit(number):
    values = [1000 * number + address for address in range(200)]
    return ModbusSlaveContext(
        hr=ModbusSequentialDataBlock(0, values),
        ir=ModbusSequentialDataBlock(0, [30000 + value for value in values]),
        zero_mode=True,
    )


async def main():
    context = ModbusServerContext(slaves={1: unit(1), 2: unit(2)}, single=False)
    kind, where = sys.argv[1:3]
    print("starting", flush=True)
    if kind == "rtu":
        await StartAsyncSerialServer(
            context=context, framer=ModbusRtuFramer, port=where, baudrate=9600, ignore_missing_slaves=True
        )
    else:
        await StartAsyncTcpServer(context=context, address=("127.0.0.1", int(where)))


asyncio.run(main())
