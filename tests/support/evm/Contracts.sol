// SPDX-License-Identifier: MIT
// Collections of every kind that the wallet's page reads, and what it finds on a chain.
pragma solidity ^0.8.24;

import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721Enumerable} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721Enumerable.sol";
import {ERC721A} from "erc721a/contracts/ERC721A.sol";
import {ERC721AQueryable} from "erc721a/contracts/extensions/ERC721AQueryable.sol";

contract Plain is ERC721("Plain", "PLAIN") {
    function mint(address to, uint256 first, uint256 count) external {
        for (uint256 id = first; id < first + count; id++) _mint(to, id);
    }

    function forge(uint256 first, uint256 count, uint256 made) external {
        for (uint256 id = first; id < first + count; id++) {
            require(ownerOf(id) == msg.sender);
            _burn(id);
        }
        _mint(msg.sender, made);
    }
}

contract Listed is ERC721Enumerable {
    constructor() ERC721("Listed", "LISTED") {}

    function mint(address to, uint256 first, uint256 count) external {
        for (uint256 id = first; id < first + count; id++) _mint(to, id);
    }
}

contract Batched is ERC721AQueryable {
    constructor() ERC721A("Batched", "BATCHED") {}

    function mint(address to, uint256 count) external {
        _mint(to, count);
    }

    function burn(uint256 id) external {
        _burn(id, true);
    }

    function _startTokenId() internal pure override returns (uint256) {
        return 1;
    }
}

contract Multi is ERC1155("") {
    function mint(address to, uint256 first, uint256 count, uint256 amount) external {
        for (uint256 id = first; id < first + count; id++) _mint(to, id, amount, "");
    }

    function burn(uint256 id, uint256 amount) external {
        _burn(msg.sender, id, amount);
    }
}

// A drop of ERC-721 tokens: forging burns some and mints one.
contract Drop is Plain {
    event BatchMetadataUpdate(uint256 first, uint256 last);

    function give(address to, uint256 id) external {
        _transfer(msg.sender, to, id);
    }

    function burn(uint256 id) external {
        _burn(id);
    }

    function announce(uint256 first, uint256 last) external {
        emit BatchMetadataUpdate(first, last);
    }
}

// Forges between contracts: burns pairs of tokens of one, and mints a token of another for each.
contract Forger {
    function forge(Drop parts, Drop wholes, uint256 first, uint256 made, uint256 count) external {
        for (uint256 nth = 0; nth < count; nth++) {
            parts.burn(first + 2 * nth);
            parts.burn(first + 2 * nth + 1);
            wholes.mint(msg.sender, made + nth, 1);
        }
    }
}

// The same in ERC-1155, with copies.
contract Copies is Multi {
    function mintMany(address to, uint256 first, uint256 count, uint256 amount) external {
        uint256[] memory ids = new uint256[](count);
        uint256[] memory amounts = new uint256[](count);
        for (uint256 at = 0; at < count; at++) (ids[at], amounts[at]) = (first + at, amount);
        _mintBatch(to, ids, amounts, "");
    }

    function give(address to, uint256 id, uint256 amount) external {
        _safeTransferFrom(msg.sender, to, id, amount, "");
    }

    function forge(uint256 first, uint256 count, uint256 made) external {
        for (uint256 id = first; id < first + count; id++) _burn(msg.sender, id, 1);
        _mint(msg.sender, made, 1, "");
    }
}

// What stands at 0xcA11bde05977b3631167028862bE2a173976CA11 on most chains, as far as it is used.
contract Multicall3 {
    struct Call3 {
        address target;
        bool allowFailure;
        bytes callData;
    }
    struct Result {
        bool success;
        bytes returnData;
    }

    function aggregate3(Call3[] calldata calls) external payable returns (Result[] memory results) {
        results = new Result[](calls.length);
        for (uint256 at = 0; at < calls.length; at++) {
            (results[at].success, results[at].returnData) = calls[at].target.call(calls[at].callData);
            require(results[at].success || calls[at].allowFailure);
        }
    }
}

// A registry of names that is its own resolver.
contract Names {
    mapping(bytes32 => address) public addr;

    function set(bytes32 node, address to) external {
        addr[node] = to;
    }

    function resolver(bytes32) external view returns (address) {
        return address(this);
    }
}
